import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type {
  DoctorResult,
  EvaluateResult,
  FailedFile,
  ImportResult,
  SimilarResult,
} from '../../electron/shared/results.ts'

/** Runs the real command line in a process of its own, as a user does. */

export const repository = resolve(import.meta.dirname, '../..')
export const cliFile = join(repository, 'electron/hosts/cli.ts')

/** Only a hanging command takes this long. */
const HANGS_AFTER_MS = 120_000

export interface CliRun {
  /** Null when a signal ended it. */
  readonly status: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  readonly millis: number
}

export interface CliOptions {
  /** Added to the environment; undefined removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly cwd?: string
  /** Run as this user; only root can do that. */
  readonly uid?: number
  /** Called with the process once it is started. */
  readonly onStart?: (child: ChildProcess) => void
  /** Another program to run instead, such as `npm`. */
  readonly program?: readonly string[]
}

/** Runs it to its end. Fails only when it hangs. */
export async function kindred(args: readonly string[], options: CliOptions = {}): Promise<CliRun> {
  const [program, ...before] = options.program ?? [process.execPath, cliFile]
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    KINDRED_LIBRARY: undefined,
    KINDRED_NO_FAISS: undefined,
    ...options.env,
  }
  const started = performance.now()
  const child = spawn(program!, [...before, ...args], {
    cwd: options.cwd ?? repository,
    env: Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined)),
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  options.onStart?.(child)
  const { promise, resolve: settle, reject } = Promise.withResolvers<CliRun>()
  const watchdog = setTimeout(() => {
    child.kill('SIGKILL')
    reject(new Error(`kindred ${args.join(' ')} hangs after ${HANGS_AFTER_MS} ms:\n${stderr}`))
  }, HANGS_AFTER_MS)
  child.on('error', reject)
  child.on('close', (status, signal) => {
    settle({ status, signal, stdout, stderr, millis: performance.now() - started })
  })
  return promise.finally(() => clearTimeout(watchdog))
}

/** Parses standard output, which must be exactly one JSON document on one line; fails with the whole output. */
export function parseOnly(run: CliRun): unknown {
  if (!/^[^\n]+\n$/.test(run.stdout))
    throw new Error(`Not one line of JSON (status ${run.status}): ${run.stdout.slice(0, 400)}\n${run.stderr}`)
  return JSON.parse(run.stdout)
}

/** The command line on one library. */
export class Cli {
  readonly library: string
  readonly #options: CliOptions

  constructor(library: string, options: CliOptions = {}) {
    this.library = library
    this.#options = options
  }

  /** @param args the command first */
  run(args: readonly string[], options: CliOptions = {}): Promise<CliRun> {
    const env = { ...this.#options.env, ...options.env }
    const [command, ...rest] = args
    return kindred([command!, '--library', this.library, '--json', ...rest], {
      ...this.#options,
      ...options,
      env,
    })
  }

  async index(folders: string | readonly string[], options: CliOptions = {}): Promise<IndexRun> {
    const run = await this.run(['index', ...[folders].flat()], options)
    return { ...run, result: parseOnly(run) as ImportResult }
  }

  async similar(args: readonly string[], options: CliOptions = {}): Promise<SimilarResult> {
    const run = await this.run(['similar', ...args], options)
    if (run.status !== 0) throw new Error(`similar ended with status ${run.status}: ${run.stderr}`)
    return parseOnly(run) as SimilarResult
  }

  async doctor(
    args: readonly string[] = [],
    options: CliOptions = {},
  ): Promise<DoctorResult & { status: number | null }> {
    const run = await this.run(['doctor', ...args], options)
    return { ...(parseOnly(run) as DoctorResult), status: run.status }
  }

  async evaluate(args: readonly string[] = [], options: CliOptions = {}): Promise<EvaluateResult> {
    const run = await this.run(['evaluate', '--classes-from-folders', ...args], options)
    if (run.status !== 0) throw new Error(`evaluate ended with status ${run.status}: ${run.stderr}`)
    return parseOnly(run) as EvaluateResult
  }
}

export interface IndexRun extends CliRun {
  readonly result: ImportResult
}

/** Failures by path. */
export const byPath = (failed: readonly FailedFile[]): Map<string, FailedFile> =>
  new Map(failed.map(failure => [failure.path, failure]))

/** A folder for one test file, with a function to remove it. */
export async function temporaryFolder(name: string): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), `kindred-${name}-`))
  return { path, remove: () => rm(path, { recursive: true, force: true }) }
}
