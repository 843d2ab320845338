import { asKindredError, KindredError } from '../../../shared/errors.ts'
import type { JobId } from '../../../shared/ids.ts'
import type { JobProgress } from '../../../shared/results.ts'
import type { Logger } from '../log.ts'
import type { JobStore, StoredJob } from './job-store.ts'
import { ProgressMeter } from './progress.ts'
import { Turns, type Turn } from './turns.ts'

/** A job's progress is stored at most once in so many milliseconds. */
const PERSIST_EVERY_MS = 1000
/** How many ended jobs stay in the list. */
const ENDED_KEPT = 20

export type JobState = 'running' | 'paused' | 'stopping' | 'done' | 'failed' | 'cancelled'

/** A job of this process, as it is now. */
export interface LiveJob {
  readonly id: JobId
  readonly kind: string
  readonly state: JobState
  readonly progress: JobProgress
  readonly error?: KindredError
  readonly result?: unknown
}

export interface JobContext {
  readonly id: JobId
  readonly signal: AbortSignal
  readonly progress: ProgressMeter
  /** To be awaited between two pieces of work: waits while the job is paused, throws once it is stopped. */
  checkpoint(): Promise<void>
}

export interface JobOptions {
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((progress: JobProgress) => void) | undefined
  /** The job takes the place of those of its kind that have ended: it is one of many, of which nobody wants a list. */
  readonly replacesEnded?: boolean
}

export interface StartedJob<R> {
  readonly id: JobId
  readonly done: Promise<R>
}

interface Control {
  readonly controller: AbortController
  /** Cancelled for good: it does not resume by itself. */
  cancelled: boolean
  readonly done: Promise<unknown>
  /** Present while the job is paused; resolved when it resumes. */
  gate: PromiseWithResolvers<undefined> | undefined
  /** It waits for its turn to go on. */
  resuming: boolean
}

/** Runs long work under a row of the store, so that what was cut off is known and can resume. */
export class JobRunner {
  readonly #store: JobStore
  readonly #log: Logger
  readonly #now: () => number
  readonly #kindsTakingTurns: ReadonlySet<string>
  readonly #turns = new Turns()
  /** Of jobs that take turns, as long as they run. */
  readonly #turnOf = new Map<JobId, Turn>()
  readonly #controls = new Map<JobId, Control>()
  readonly #live = new Map<JobId, LiveJob>()
  readonly #listeners = new Set<() => void>()
  /** Ends of jobs that the store could not take, such as on a full disk. */
  readonly #unstoredEnds = new Map<JobId, () => void>()

  /** @param kindsTakingTurns kinds of jobs of which one runs at a time, the others wait for it */
  constructor(store: JobStore, log: Logger, now: () => number, kindsTakingTurns: readonly string[] = []) {
    this.#store = store
    this.#log = log
    this.#now = now
    this.#kindsTakingTurns = new Set(kindsTakingTurns)
    store.markInterrupted(now())
  }

  /**
   * Runs the work to its end. Where a job of the same kind and parameters was interrupted, it resumes under its row.
   * @throws KindredError what the work throws; `cancelled` after the signal
   */
  run<R>(
    kind: string,
    parameters: unknown,
    work: (context: JobContext) => Promise<R>,
    options: JobOptions = {},
  ): Promise<R> {
    return this.start(kind, parameters, work, options).done
  }

  /** The same in the background: returns at once. */
  start<R>(
    kind: string,
    parameters: unknown,
    work: (context: JobContext) => Promise<R>,
    options: JobOptions = {},
  ): StartedJob<R> {
    if (options.replacesEnded) this.#forgetEnded(kind)
    const id = this.#beginOrResume(kind, JSON.stringify(parameters))
    const controller = new AbortController()
    const signal = options.signal ? AbortSignal.any([controller.signal, options.signal]) : controller.signal
    this.#live.set(id, { id, kind, state: 'running', progress: { phase: '', done: 0, rate: 0 } })
    const progress = new ProgressMeter(this.#reporter(id, options.onProgress))
    signal.addEventListener('abort', () => this.#controls.get(id)?.gate?.resolve(undefined), { once: true })
    const checkpoint = async (): Promise<void> => {
      await this.#controls.get(id)?.gate?.promise
      signal.throwIfAborted()
    }
    const context: JobContext = { id, signal, progress, checkpoint }
    const takesTurns = this.#kindsTakingTurns.has(kind)
    const working = takesTurns ? this.inTurn(context, () => work(context)) : work(context)
    const done = this.#finish(id, working, progress)
    // A failure of a background job is shown by the list.
    done.catch(() => undefined)
    this.#controls.set(id, { controller, cancelled: false, done, gate: undefined, resuming: false })
    this.#changed()
    return { id, done }
  }

  /**
   * Runs a part of a job that must not overlap with the kinds that take turns: it waits until none of them runs. While the
   * job is paused, the others go on.
   */
  inTurn<R>(context: JobContext, work: () => Promise<R>): Promise<R> {
    const { id, signal, progress } = context
    if (!this.#turns.free) progress.begin('waiting')
    return this.#turns.take(async turn => {
      this.#turnOf.set(id, turn)
      try {
        if (this.#controls.get(id)?.gate) {
          turn.release()
          await context.checkpoint()
        }
        return await work()
      } finally {
        this.#turnOf.delete(id)
      }
    }, signal)
  }

  /** The same for work that is no job. */
  exclusively<R>(work: () => Promise<R>): Promise<R> {
    return this.#turns.take(work)
  }

  /** Jobs that were cut off and have not resumed yet. */
  interrupted(): readonly StoredJob[] {
    return this.#store.interrupted()
  }

  /** Stores a job that is to resume later, as if it had been cut off. */
  park(kind: string, parameters: unknown): void {
    this.#store.interrupt(this.#store.begin(kind, JSON.stringify(parameters), this.#now()), this.#now())
  }

  /** Gives a job up that was cut off: it does not resume. */
  drop(id: JobId): void {
    this.#store.finish(id, 'cancelled', {}, this.#now())
  }

  /** What runs and what has ended lately, the newest first. */
  list(): LiveJob[] {
    return [...this.#live.values()].reverse()
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** @throws KindredError `job-not-found` when it has ended */
  pause(id: number): void {
    const control = this.#control(id)
    // A job that is stopping cannot be paused.
    if (control.controller.signal.aborted) return
    control.gate ??= Promise.withResolvers<undefined>()
    this.#turnOf.get(id as JobId)?.release()
    this.#update(id as JobId, { state: 'paused' })
  }

  /** @throws KindredError `job-not-found` when it has ended */
  resume(id: number): void {
    const control = this.#control(id)
    if (control.controller.signal.aborted) return
    this.#update(id as JobId, { state: 'running' })
    if (!control.resuming) void this.#open(id as JobId, control)
  }

  /**
   * Cancels the job: it does not resume by itself.
   * @throws KindredError `job-not-found` when it has ended
   */
  cancel(id: number): void {
    const control = this.#control(id)
    control.cancelled = true
    this.#update(id as JobId, { state: 'stopping' })
    control.controller.abort()
    control.gate?.resolve(undefined)
    control.gate = undefined
  }

  /** Stops every job and waits until all have ended. They count as interrupted and can resume. */
  async stopAll(): Promise<void> {
    const controls = [...this.#controls.values()]
    for (const { controller, gate } of controls) {
      controller.abort()
      gate?.resolve(undefined)
    }
    await Promise.allSettled(controls.map(control => control.done))
  }

  /** Lets a paused job go on, once it has its turn again; not, where it has been paused anew meanwhile. */
  async #open(id: JobId, control: Control): Promise<void> {
    const turn = this.#turnOf.get(id)
    if (turn) {
      control.resuming = true
      await turn.retake()
      control.resuming = false
      if (this.#live.get(id)?.state === 'paused') {
        turn.release()
        return
      }
    }
    control.gate?.resolve(undefined)
    control.gate = undefined
  }

  async #finish<R>(id: JobId, work: Promise<R>, progress: ProgressMeter): Promise<R> {
    try {
      const result = await work
      progress.end()
      const now = this.#now()
      this.#storeEnd(id, () => this.#store.finish(id, 'done', { result: JSON.stringify(result) }, now))
      this.#update(id, { state: 'done', result })
      return result
    } catch (caught) {
      progress.end()
      const error = asKindredError(caught)
      const state = error.code === 'cancelled' ? 'cancelled' : 'failed'
      if (state === 'cancelled') this.#log('info', `Job ${id} was stopped`)
      else this.#log('warn', `Job ${id} failed`, { code: error.code, stack: error.stack ?? error.message })
      const now = this.#now()
      const isCutOff = state === 'cancelled' && !this.#controls.get(id)?.cancelled
      const stored = { error: JSON.stringify({ code: error.code, message: error.message }) }
      this.#storeEnd(id, () =>
        isCutOff ? this.#store.interrupt(id, now) : this.#store.finish(id, state, stored, now),
      )
      this.#update(id, { state, error })
      throw error
    } finally {
      this.#controls.delete(id)
      this.#forgetOldest()
      this.#changed()
    }
  }

  /** Where the end of a job cannot be stored now, that is tried again with each job: it has ended all the same. */
  #storeEnd(id: JobId, store: () => void): void {
    this.#unstoredEnds.set(id, store)
    this.#storeEnds()
  }

  #storeEnds(): void {
    for (const [id, store] of this.#unstoredEnds)
      if (this.#stores(`The end of job ${id}`, store)) this.#unstoredEnds.delete(id)
  }

  #stores(what: string, store: () => void): boolean {
    try {
      store()
      return true
    } catch (error) {
      this.#log('warn', `${what} could not be stored`, { reason: String(error) })
      return false
    }
  }

  #control(id: number): Control {
    const control = this.#controls.get(id as JobId)
    if (!control) throw new KindredError('job-not-found', 'This job is not running.')
    return control
  }

  #beginOrResume(kind: string, parameters: string): JobId {
    this.#storeEnds()
    const cutOff = this.#store.interrupted().find(job => job.kind === kind && job.parameters === parameters)
    if (!cutOff) return this.#store.begin(kind, parameters, this.#now())
    this.#store.restart(cutOff.id, this.#now())
    return cutOff.id
  }

  #reporter(id: JobId, tell: JobOptions['onProgress']): (progress: JobProgress) => void {
    let persistedAt = -Infinity
    let phase = ''
    return progress => {
      tell?.(progress)
      this.#update(id, { progress })
      const now = this.#now()
      if (progress.phase === phase && now - persistedAt < PERSIST_EVERY_MS) return
      persistedAt = now
      phase = progress.phase
      const { done, total = null } = progress
      this.#stores(`The progress of job ${id}`, () => this.#store.progress(id, phase, done, total, now))
    }
  }

  #update(id: JobId, change: Partial<LiveJob>): void {
    const job = this.#live.get(id)
    if (job) this.#live.set(id, { ...job, ...change })
    this.#changed()
  }

  #forgetEnded(kind: string): void {
    this.#store.forgetEnded(kind)
    for (const [id, job] of this.#live)
      if (job.kind === kind && !this.#controls.has(id)) this.#live.delete(id)
  }

  #forgetOldest(): void {
    const ended = [...this.#live.keys()].filter(id => !this.#controls.has(id))
    for (const id of ended.slice(0, -ENDED_KEPT)) this.#live.delete(id)
  }

  #changed(): void {
    for (const listener of this.#listeners) listener()
  }
}
