import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = '/sys/fs/cgroup'
/** The two versions of control groups: https://docs.kernel.org/admin-guide/cgroup-v2.html and cgroup-v1/memory.html. */
const places = [
  { folder: ROOT, limit: 'memory.max', swap: 'memory.swap.max', known: 'cgroup.controllers' },
  {
    folder: join(ROOT, 'memory'),
    limit: 'memory.limit_in_bytes',
    swap: 'memory.memsw.limit_in_bytes',
    known: 'memory.limit_in_bytes',
  },
]

/** A group of processes with little memory. */
export interface MemoryLimit {
  /** To be put before a command: what it starts lives in the group. */
  readonly prefix: readonly string[]
  remove(): void
}

/** Why memory cannot be limited here; undefined where it can. */
export function noMemoryLimit(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'only root can limit memory, on Linux'
  const probe = limitMemory('kindred-probe', 2 ** 30)
  probe?.remove()
  return probe ? undefined : 'the memory of processes cannot be limited here'
}

/** @returns undefined where that cannot be done */
export function limitMemory(name: string, bytes: number): MemoryLimit | undefined {
  const place = places.find(({ folder, known }) => existsSync(join(folder, known)))
  if (!place) return undefined
  const group = join(place.folder, `${name}-${process.pid}`)
  const remove = (): void => {
    // A group is busy for a moment after its last process.
    for (let tries = 0; tries < 100 && existsSync(group); tries++)
      try {
        rmdirSync(group)
      } catch {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)
      }
  }
  try {
    mkdirSync(group)
    writeFileSync(join(group, place.limit), String(bytes))
    if (existsSync(join(group, place.swap)))
      writeFileSync(join(group, place.swap), place.folder === ROOT ? '0' : String(bytes))
    if (!readFileSync(join(group, place.limit), 'utf8').startsWith(String(bytes))) throw new Error('no limit')
  } catch {
    remove()
    return undefined
  }
  return { prefix: ['sh', '-c', `echo $$ > '${join(group, 'cgroup.procs')}' && exec "$@"`, 'sh'], remove }
}
