import { asKindredError } from '../../shared/errors.ts'
import type { JobId } from '../../shared/ids.ts'
import type { JobProgress } from '../../shared/results.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { Logger } from '../log.ts'
import { ProgressMeter } from './progress.ts'

/** A job's progress is written to the catalog this often at most, in milliseconds. */
const PERSIST_EVERY_MS = 1000

export interface JobContext {
  readonly id: JobId
  readonly signal: AbortSignal
  readonly progress: ProgressMeter
}

export interface JobOptions {
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((progress: JobProgress) => void) | undefined
}

/** Runs long work under a row of the catalog, so that what was cut off is known and can go on. */
export class JobRunner {
  readonly #catalog: Catalog
  readonly #log: Logger
  readonly #now: () => number
  readonly #running = new Map<JobId, { controller: AbortController; done: Promise<unknown> }>()

  constructor(catalog: Catalog, log: Logger, now: () => number) {
    this.#catalog = catalog
    this.#log = log
    this.#now = now
    catalog.jobs.markInterrupted(now())
  }

  /**
   * Runs the work to its end. Where a job of the same kind and parameters was interrupted, it goes on under its row.
   * @throws KindredError what the work throws; `cancelled` after the signal
   */
  async run<R>(
    kind: string,
    parameters: unknown,
    work: (context: JobContext) => Promise<R>,
    options: JobOptions = {},
  ): Promise<R> {
    const text = JSON.stringify(parameters)
    const id = this.#beginOrResume(kind, text)
    const controller = new AbortController()
    const signal = options.signal ? AbortSignal.any([controller.signal, options.signal]) : controller.signal
    const progress = new ProgressMeter(this.#reporter(id, options.onProgress))
    const done = work({ id, signal, progress }).finally(() => progress.end())
    this.#running.set(id, { controller, done })
    try {
      const result = await done
      this.#catalog.jobs.finish(id, 'done', { result: JSON.stringify(result) }, this.#now())
      return result
    } catch (caught) {
      const error = asKindredError(caught)
      const state = error.code === 'cancelled' ? 'cancelled' : 'failed'
      this.#log('warn', `Job ${kind} ${state}`, { code: error.code, stack: error.stack ?? error.message })
      this.#catalog.jobs.finish(
        id,
        state,
        { error: JSON.stringify({ code: error.code, message: error.message }) },
        this.#now(),
      )
      throw error
    } finally {
      this.#running.delete(id)
    }
  }

  /** Asks every job to stop and waits until it has. */
  async stopAll(): Promise<void> {
    for (const { controller } of this.#running.values()) controller.abort()
    await Promise.allSettled([...this.#running.values()].map(job => job.done))
  }

  #beginOrResume(kind: string, parameters: string): JobId {
    const cutOff = this.#catalog.jobs
      .withState('interrupted')
      .find(job => job.kind === kind && job.parameters === parameters)
    if (!cutOff) return this.#catalog.jobs.begin(kind, parameters, this.#now())
    this.#catalog.jobs.restart(cutOff.id, this.#now())
    return cutOff.id
  }

  #reporter(id: JobId, tell: JobOptions['onProgress']): (progress: JobProgress) => void {
    let persistedAt = -Infinity
    let phase = ''
    return progress => {
      tell?.(progress)
      const now = this.#now()
      if (progress.phase === phase && now - persistedAt < PERSIST_EVERY_MS) return
      persistedAt = now
      phase = progress.phase
      this.#catalog.jobs.progress(id, phase, progress.done, progress.total ?? null, now)
    }
  }
}
