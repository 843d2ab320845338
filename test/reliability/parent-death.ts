import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { KindredError } from '../../electron/shared/errors.ts'
import { layoutOf } from '../../electron/engine/library/layout.ts'
import { lockLibrary } from '../../electron/engine/library/lock.ts'
import { cliFile, repository } from '../support/cli.ts'
import type { Campaign, CampaignOptions, CampaignOutcome } from './campaign.ts'
import { isRunning } from './support/served-library.ts'
import { makeSmallLibrary, problemsOf } from './support/small-library.ts'

const PHOTOS = 12
/** Milliseconds after the death of its parent, within which a process has to be gone. */
const PATIENCE = 30_000
/** Milliseconds to look around in once the library is served: the parent is killed in the midst of it. */
const USE = 400

export const parentDeath: Campaign = {
  name: 'parent-death',
  title: 'parent process killed while the library opens or is in use',
  promise: 'no engine is left over, and the library is free',
  count: 200,
  quickCount: 4,
  unavailable: () => (process.platform === 'linux' ? undefined : 'it reads /proc'),
  run,
}

async function run({ count, random, folder, log }: CampaignOptions): Promise<CampaignOutcome> {
  const { library } = await makeSmallLibrary(folder, PHOTOS)
  const attacked = join(folder, 'attacked')
  cpSync(library, attacked, { recursive: true })
  const losses: string[] = []
  let slowest = 0
  let inOpening = 0
  // How long a start takes here, to spread the kills over it.
  const start = await startToReady(attacked)
  for (let i = 0; i < count; i++) {
    const parent = (i % 2 === 0 ? startServe : startMain)(attacked)
    const ready = { yet: false }
    void once(parent.stdout!, 'data').then(() => (ready.yet = true))
    await wait(random.between(0, start + USE))
    if (!ready.yet) inOpening++
    parent.kill('SIGKILL')
    const killedAt = performance.now()
    let left = runningIn(parent.pid!)
    while (left.length > 0 && performance.now() - killedAt < PATIENCE) {
      await wait(20)
      left = runningIn(parent.pid!)
    }
    if (left.length > 0) losses.push(`attack ${i}: ${left.length} processes are left over`)
    for (const pid of left) process.kill(pid, 'SIGKILL')
    slowest = Math.max(slowest, performance.now() - killedAt)
    const held = whyLocked(attacked)
    if (held !== undefined) losses.push(`attack ${i}: ${held}`)
    if (i % 20 === 19) log(`${i + 1} of ${count}, ${losses.length} lost`)
  }
  losses.push(...(await problemsOf(attacked)).map(({ message }) => message))
  rmSync(attacked, { recursive: true, force: true })
  const remarks = `${inOpening} came while it opened; the last process was gone after ${Math.ceil(slowest)} ms at most`
  return { attacks: count, losses, remarks }
}

/** `kindred serve`: the engine is its child. */
function startServe(library: string): ChildProcess {
  return spawn(process.execPath, [cliFile, 'serve', '--library', library, '--json'], {
    stdio: ['ignore', 'pipe', 'ignore'],
    // A process group of its own.
    detached: true,
  })
}

/** A parent that starts the engine as Electron's main process does, and says when it is ready. */
const MAIN = `
  const { fork } = require('node:child_process')
  const child = fork(process.argv[1], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
  child.on('message', ({ type }) => { if (type === 'ready') process.stdout.write('ready') })
`

function startMain(library: string): ChildProcess {
  return spawn(process.execPath, ['-e', MAIN, join(repository, 'electron/hosts/child.ts')], {
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
    env: { ...process.env, KINDRED_LIBRARY: library },
  })
}

/** Milliseconds until the library is served. */
async function startToReady(library: string): Promise<number> {
  const startedAt = performance.now()
  const parent = startServe(library)
  await once(parent.stdout!, 'data')
  const millis = performance.now() - startedAt
  const gone = once(parent, 'exit')
  parent.kill('SIGTERM')
  await gone
  return millis
}

/** The processes of a group that run: what a parent has started belongs to its group, also when it has ended. */
function runningIn(group: number): number[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name) && groupOf(name) === group)
    .map(Number)
    .filter(isRunning)
}

function groupOf(pid: string): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name of the program in brackets may hold anything.
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2])
  } catch {
    return undefined
  }
}

function whyLocked(library: string): string | undefined {
  try {
    lockLibrary(layoutOf(library)).release()
    return undefined
  } catch (error) {
    return error instanceof KindredError ? error.message : String(error)
  }
}
