import { InvalidArgumentError, type Command } from 'commander'
import { resolve } from 'node:path'
import type { Engine } from '../engine/engine.ts'
import { endIfHanging, endProcess } from '../engine/runtime/threads/hanging.ts'
import { asKindredError, type KindredError } from '../shared/errors.ts'
import type { JobProgress } from '../shared/results.ts'
import { defaultLibraryDir, machineDir, resourcesDir } from './default-folders.ts'
import { nextStepFor } from './next-steps.ts'
import { ProgressLine } from './progress-line.ts'

/** 0 done · 1 failed · 2 wrong usage · 3 done, but some files could not be read. */
type ExitStatus = 0 | 1 | 2 | 3

interface GlobalOptions {
  readonly library?: string
  readonly json?: boolean
  readonly quiet?: boolean
}

export interface Session {
  readonly engine: Engine
  readonly signal: AbortSignal
  readonly onProgress: (progress: JobProgress) => void
}

export interface Answer {
  readonly result: unknown
  readonly report: string
  readonly status?: ExitStatus
}

/** Paths are relative to the folder in which the command was typed; npm runs its scripts from the project's folder. */
const startFolder =
  process.env.npm_lifecycle_event === 'kindred' ? (process.env.INIT_CWD ?? process.cwd()) : process.cwd()
export const toPath = (path: string): string => resolve(startFolder, path)

export function number(from: number, to: number, whole = false): (text: string) => number {
  return text => {
    const value = Number(text)
    if (text.trim() === '' || !(value >= from && value <= to) || (whole && !Number.isInteger(value)))
      throw new InvalidArgumentError(`A ${whole ? 'whole ' : ''}number from ${from} to ${to} is needed.`)
    return value
  }
}

export function globals(command: Command): GlobalOptions {
  return command.optsWithGlobals<GlobalOptions>()
}

/** Returns the library folder that the command names, or the default one. */
export function libraryOf(command: Command): string {
  const { library } = globals(command)
  return library === undefined ? defaultLibraryDir(process.env) : toPath(library)
}

/** Opens the library, does the work, prints the result, and always closes the library. */
export async function withEngine(
  command: Command,
  work: (session: Session) => Answer | Promise<Answer>,
  rescue = false,
): Promise<void> {
  const { json = false, quiet = false } = globals(command)
  const stop = new AbortController()
  const line = new ProgressLine(process.stderr, quiet)
  const interrupt = (): void => {
    if (stop.signal.aborted) void endProcess(130)
    line.clear()
    process.stderr.write('Stopping… (again to stop at once)\n')
    stop.abort()
  }
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt)
  try {
    // Loaded when it is needed: help, wrong usage and `serve` (whose engine is another process) do without it.
    const { openEngine } = await import('../engine/engine.ts')
    const engine = await openEngine({
      libraryDir: libraryOf(command),
      resourcesDir: resourcesDir(process.env),
      machineDir: machineDir(process.env),
      rescue,
    })
    try {
      const answer = await work({ engine, signal: stop.signal, onProgress: progress => line.show(progress) })
      line.clear()
      print(answer, json)
    } finally {
      line.clear()
      await engine.close()
    }
  } catch (error) {
    fail(asKindredError(error))
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt)
    await endIfHanging()
  }
}

export function print({ result, report, status = 0 }: Answer, json: boolean): void {
  process.stdout.write(`${json ? JSON.stringify(result) : report}\n`)
  process.exitCode = status
}

export function fail(error: KindredError): void {
  process.stderr.write(`${error.message}\n${nextStepFor(error.code)}\n`)
  if (error.code === 'internal' && error.stack) process.stderr.write(`${error.stack}\n`)
  process.exitCode = error.code === 'bad-argument' ? 2 : 1
}
