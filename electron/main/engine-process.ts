import { spawn, type ChildProcess } from 'node:child_process'
import { errorCodes, type PlainError } from '../shared/errors.ts'
import { REPAIR } from '../shared/engine-environment.ts'
import {
  decideRestart,
  defaultRestartPolicy,
  isLasting,
  type RestartPolicy,
} from '../shared/restart-policy.ts'

/** Address and token for fetching pixels from the engine. Never leaves the main process. */
export interface MediaAccess {
  readonly origin: string
  readonly token: string
}

export interface EngineCommand {
  /** The Node binary that ships with the app. */
  readonly node: string
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
  readonly cwd?: string
}

/**
 * `idle` → `starting` → `ready`. When the process ends by itself: `waiting`, then `starting` again, or `failed` after
 * too many ends or a lasting reason. After `close()`: `closing` → `closed`.
 */
export type EngineState = 'idle' | 'starting' | 'ready' | 'waiting' | 'failed' | 'closing' | 'closed'

export interface EngineProcessOptions {
  readonly command: EngineCommand
  readonly policy?: RestartPolicy
  /** Milliseconds for closing the library before the engine is killed. */
  readonly grace?: number
  /** Milliseconds for becoming ready, a migration of the catalog included, before the engine is killed. */
  readonly patience?: number
  readonly now?: () => number
  readonly onState?: (state: EngineState) => void
  /** A message of the contract. */
  readonly onMessage?: (message: object) => void
  /** The engine has ended: pending calls will get no response. */
  readonly onGone?: () => void
  /** A line that the engine printed, or one about its state. */
  readonly onLog?: (line: string) => void
}

/** The engine's process: starts it, watches it, restarts it when it ends by itself, and closes it. */
export class EngineProcess {
  readonly #options: EngineProcessOptions
  readonly #now: () => number
  #state: EngineState = 'idle'
  #child: ChildProcess | undefined
  #media: MediaAccess | undefined
  #ends: readonly number[] = []
  #reason: PlainError | undefined
  #repair = false
  #repaired: string | undefined
  #timer: NodeJS.Timeout | undefined
  #closing: Promise<void> | undefined
  #whenReady = Promise.withResolvers<boolean>()

  constructor(options: EngineProcessOptions) {
    this.#options = options
    this.#now = options.now ?? Date.now
  }

  get state(): EngineState {
    return this.#state
  }

  get media(): MediaAccess | undefined {
    return this.#state === 'ready' ? this.#media : undefined
  }

  /** Why the engine could not run the last time, if it reported a reason. */
  get reason(): PlainError | undefined {
    return this.#reason
  }

  /** What the repair of the library brought back, in words; undefined where the engine that runs repaired nothing. */
  get repaired(): string | undefined {
    return this.#repaired
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  /**
   * Starts the engine unless it runs already; after a failure, earlier ends are forgotten.
   * @param repair a damaged library is repaired before it is opened
   */
  start(repair = false): void {
    if (this.#state !== 'idle' && this.#state !== 'failed') return
    if (this.#state === 'failed') this.#whenReady = Promise.withResolvers<boolean>()
    this.#ends = []
    this.#repair = repair
    this.#spawn()
  }

  /** Resolves to true once the engine is ready, also after restarts; to false when it has failed or is closed. */
  ready(): Promise<boolean> {
    if (this.#state === 'ready') return Promise.resolve(true)
    if (this.#closing) return Promise.resolve(false)
    return this.#whenReady.promise
  }

  /** Returns whether the message was sent. */
  send(message: object): boolean {
    if (this.#state !== 'ready' || !this.#child?.connected) return false
    // The child may have ended a moment ago: its exit event reports that, not this call.
    this.#child.send(message, () => undefined)
    return true
  }

  /** Asks the engine to close its library, and kills it after the grace period. Never takes longer than that. */
  close(): Promise<void> {
    this.#closing ??= this.#end()
    return this.#closing
  }

  async #end(): Promise<void> {
    clearTimeout(this.#timer)
    const child = this.#child
    if (child && !hasEnded(child)) {
      this.#enter('closing')
      const ended = Promise.withResolvers<undefined>()
      child.once('exit', () => ended.resolve(undefined)).once('error', () => ended.resolve(undefined))
      const grace = this.#options.grace ?? 5_000
      const kill = setTimeout(() => {
        this.#log('The engine did not end in time and is killed.')
        child.kill('SIGKILL')
      }, grace)
      // Not even SIGKILL ends a process that hangs in the kernel, on a dead network drive for example.
      const leave = setTimeout(() => ended.resolve(undefined), grace + 1_000)
      // Windows has no SIGTERM: there the engine closes when the channel is disconnected.
      if (process.platform === 'win32') child.disconnect()
      else child.kill('SIGTERM')
      await ended.promise
      clearTimeout(leave)
      clearTimeout(kill)
    }
    this.#enter('closed')
    this.#whenReady.resolve(false)
  }

  #spawn(): void {
    const { node, args, env, cwd } = this.#options.command
    this.#reason = undefined
    this.#enter('starting')
    const child = spawn(node, this.#repair ? [...args, REPAIR] : args, {
      env,
      cwd,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      windowsHide: true,
    })
    this.#child = child
    child.stdout?.on('data', (text: Buffer) => this.#log(text.toString().trimEnd()))
    child.stderr?.on('data', (text: Buffer) => this.#log(text.toString().trimEnd()))
    child.on('message', message => this.#receive(child, message))
    let reported = false
    const ended = (how: string): void => {
      if (reported) return
      reported = true
      this.#onEnd(child, how)
    }
    child.once('error', error => {
      this.#log(`The engine can't be started: ${error.message}`)
      if (child.pid === undefined) ended('was not started')
    })
    child.once('exit', (code, signal) =>
      ended(signal ? `ended by ${signal}` : `ended with ${code ?? 'no code'}`),
    )
    this.#timer = setTimeout(() => {
      this.#log('The engine did not become ready and is killed.')
      child.kill('SIGKILL')
    }, this.#options.patience ?? 120_000)
  }

  #receive(child: ChildProcess, message: unknown): void {
    if (child !== this.#child || typeof message !== 'object' || message === null) return
    const ready = asReady(message)
    const reason = asFailed(message)
    if (reason) {
      this.#reason = reason
      this.#log(`The engine can't run: ${reason.message}`)
      return
    }
    if (!ready) {
      this.#options.onMessage?.(message)
      return
    }
    if (this.#state !== 'starting') return
    clearTimeout(this.#timer)
    this.#media = ready
    this.#repair = false
    this.#repaired = asRepaired(message)
    this.#enter('ready')
    this.#whenReady.resolve(true)
  }

  #onEnd(child: ChildProcess, how: string): void {
    if (child !== this.#child) return
    clearTimeout(this.#timer)
    const asked = this.#state === 'closing' || this.#state === 'closed'
    if (this.#state === 'ready') this.#whenReady = Promise.withResolvers<boolean>()
    this.#child = undefined
    this.#media = undefined
    this.#log(`The engine ${how}.`)
    if (asked) {
      this.#options.onGone?.()
      return
    }
    const decision = decideRestart(this.#ends, this.#now(), this.#options.policy ?? defaultRestartPolicy)
    this.#ends = decision.ends
    const again = decision.restart && !(this.#reason && isLasting(this.#reason.code))
    if (!again) this.#whenReady.resolve(false)
    this.#enter(again ? 'waiting' : 'failed')
    this.#options.onGone?.()
    if (again) this.#timer = setTimeout(() => this.#spawn(), decision.delay)
  }

  #enter(state: EngineState): void {
    this.#state = state
    this.#options.onState?.(state)
  }

  #log(line: string): void {
    if (line !== '') this.#options.onLog?.(line)
  }
}

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null

function asReady(message: object): MediaAccess | undefined {
  const { type, mediaOrigin, mediaToken } = message as Record<string, unknown>
  if (type !== 'ready' || typeof mediaOrigin !== 'string' || typeof mediaToken !== 'string') return undefined
  // Main fetches from this address, so only the loopback host is accepted.
  return /^http:\/\/127\.0\.0\.1:\d{1,5}$/.test(mediaOrigin) && /^[\w-]{16,256}$/.test(mediaToken)
    ? { origin: mediaOrigin, token: mediaToken }
    : undefined
}

function asRepaired(message: object): string | undefined {
  const { repaired } = message as { repaired?: unknown }
  return typeof repaired === 'string' ? repaired : undefined
}

function asFailed(message: object): PlainError | undefined {
  const { type, error } = message as { type?: unknown; error?: Partial<Record<keyof PlainError, unknown>> }
  if (type !== 'failed' || typeof error !== 'object') return undefined
  const { code, message: text } = error
  return {
    code: errorCodes.find(known => known === code) ?? 'internal',
    message: String(text),
  }
}
