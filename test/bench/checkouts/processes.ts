import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'

export type Command = readonly [program: string, ...args: string[]]

/** The cost of a command or of searches, in seconds. */
export interface Cost {
  readonly wall: number
  /** User and system time of all threads. */
  readonly cpu: number
}

/** Only a hanging process takes this long. */
const HANGS_AFTER_MS = 300_000

/** Leaders of process groups that are still running. */
const groups = new Set<number>()

/** Starts a process in a group of its own, so that it can be signalled together with the processes that it starts. */
export function start(
  [program, ...args]: Command,
  env: NodeJS.ProcessEnv,
  stdio: ('ignore' | 'pipe')[],
): ChildProcess {
  const child = spawn(program, args, { env, stdio, detached: true })
  const group = child.pid
  if (group !== undefined) {
    groups.add(group)
    child.once('exit', () => groups.delete(group))
  }
  return child
}

/** Kills every process that `start` has started, and those that they have started. */
export function killAll(): void {
  for (const group of groups) signal(group, 'SIGKILL')
}

function signal(group: number, name: NodeJS.Signals): void {
  try {
    process.kill(-group, name)
  } catch {
    // It has ended by itself.
  }
}

/** Node does not report the processor time of a child. Bash does, here on descriptor 3, apart from the child's output. */
const TIMED = 'exec 4>&2 2>&3; TIMEFORMAT="%3U %3S"; time "$@" 2>&4 3>&- 4>&-'

/** A command that runs to its end, and can be paused meanwhile. */
export class TimedRun {
  /** Without the pauses. Rejects when it fails or hangs, with its standard error, and when its output is not as it must be. */
  readonly cost: Promise<Cost>
  readonly #group: number | undefined
  readonly #startedAt = performance.now()
  #endedAt: number | undefined
  #pausedAt: number | undefined
  #pausedMs = 0

  /** @param check throws when the standard output is not as it must be */
  constructor(command: Command, env: NodeJS.ProcessEnv, check: (stdout: string) => void) {
    const bash: Command = ['bash', '-c', TIMED, 'bash', ...command]
    const child = start(bash, { ...env, LC_ALL: 'C' }, ['ignore', 'pipe', 'pipe', 'pipe'])
    this.#group = child.pid
    this.cost = this.#wait(command, child, check)
  }

  get ended(): boolean {
    return this.#endedAt !== undefined
  }

  pause(): void {
    if (this.ended) return
    this.#signal('SIGSTOP')
    this.#pausedAt = performance.now()
  }

  resume(): void {
    if (this.#pausedAt !== undefined) this.#pausedMs += performance.now() - this.#pausedAt
    this.#pausedAt = undefined
    this.#signal('SIGCONT')
  }

  #signal(name: NodeJS.Signals): void {
    if (this.#group !== undefined && !this.ended) signal(this.#group, name)
  }

  async #wait(command: Command, child: ChildProcess, check: (stdout: string) => void): Promise<Cost> {
    let stdout = ''
    let stderr = ''
    let times = ''
    child.stdout!.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr!.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    const timesPipe = child.stdio[3] as Readable
    timesPipe.setEncoding('utf8').on('data', (text: string) => (times += text))

    const ending = Promise.withResolvers<string>()
    const watchdog = setTimeout(() => {
      this.#signal('SIGKILL')
      ending.resolve(`hung for ${HANGS_AFTER_MS / 1000} s`)
    }, HANGS_AFTER_MS)
    child.once('exit', () => (this.#endedAt = performance.now()))
    child.once('error', ending.reject)
    child.once('close', (status, name) => ending.resolve(name ?? `status ${status ?? ''}`))
    const end = await ending.promise.finally(() => clearTimeout(watchdog))
    const [user = NaN, system = NaN] = times.trim().split(' ').map(Number)
    const wallMs = (this.#endedAt ?? NaN) - this.#startedAt - this.#pausedMs
    const cost = { wall: wallMs / 1000, cpu: user + system }
    if (end !== 'status 0' || Number.isNaN(cost.wall + cost.cpu))
      throw new Error(`${command.join(' ')}: ${end}\n${stderr}${times}`.trimEnd())
    check(stdout)
    return cost
  }
}

/**
 * Runs two commands in turns of some milliseconds, so that a busy moment of the machine affects both; when one has
 * ended, the other runs alone.
 */
export async function takeTurns(first: TimedRun, second: TimedRun, turnMs: number): Promise<[Cost, Cost]> {
  const alternate = async (): Promise<void> => {
    let [running, waiting] = [first, second]
    waiting.pause()
    while (!first.ended && !second.ended) {
      await Promise.race([sleep(turnMs), first.cost, second.cost])
      running.pause()
      waiting.resume()
      ;[running, waiting] = [waiting, running]
    }
    first.resume()
    second.resume()
  }
  const [ofFirst, ofSecond] = await Promise.all([first.cost, second.cost, alternate()])
  return [ofFirst, ofSecond]
}

/** Linux counts the processor time of a process in hundredths of a second, whatever the machine. */
const TICKS_PER_SECOND = 100

/** User and system time of a running process so far, in seconds. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // After the name, which may contain spaces: utime and stime are fields 14 and 15 of proc_pid_stat(5), the state is field 3.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}
