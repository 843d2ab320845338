/** @file How much memory this process may still take. */
import { existsSync, readFileSync } from 'node:fs'
import { freemem, totalmem } from 'node:os'
import { join } from 'node:path'

const CGROUPS = '/sys/fs/cgroup'

/** The files of a control group: its limit, its use, and its share of the page cache, which the system gives back. */
const versions = [
  { folder: '', limit: 'memory.max', usage: 'memory.current', cache: ['inactive_file', 'active_file'] },
  {
    folder: 'memory',
    limit: 'memory.limit_in_bytes',
    usage: 'memory.usage_in_bytes',
    cache: ['total_inactive_file', 'total_active_file'],
  },
] as const

/** Bytes of memory that are free for this process, in its containers and on the machine. */
export function availableMemory(
  root = CGROUPS,
  membership = '/proc/self/cgroup',
  machine = machineMemory(),
): number {
  const groups = versions.flatMap(version =>
    pathsOf(membership, version.folder).map(path => leftIn(join(root, version.folder, path), version)),
  )
  return Math.max(0, Math.min(machine, ...groups))
}

/** macOS counts as free only what nobody uses, and makes room when asked: a quarter of all is there in any case. */
const machineMemory = (): number =>
  process.platform === 'darwin' ? Math.max(freemem(), totalmem() / 4) : freemem()

/** The group of this process and those around it; within a container, its root is what counts. */
function pathsOf(membership: string, controller: string): string[] {
  const lines = read(membership).split('\n')
  const line = lines.find(text => text.split(':')[1]?.split(',').includes(controller))
  const parts = (line?.split(':').slice(2).join(':') ?? '').split('/').filter(part => part !== '')
  return parts.map((_, n) => parts.slice(0, n + 1).join('/')).concat('')
}

function leftIn(folder: string, { limit, usage, cache }: (typeof versions)[number]): number {
  const most = Number(read(join(folder, limit)).trim() || 'none')
  if (!Number.isFinite(most)) return Infinity
  const statistics = new Map(
    read(join(folder, 'memory.stat'))
      .split('\n')
      .map(line => line.split(' ') as [string, string]),
  )
  const reclaimable = cache.reduce((sum, key) => sum + Number(statistics.get(key) ?? 0), 0)
  return most - Number(read(join(folder, usage))) + reclaimable
}

const read = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : '')
