import { z } from 'zod'
import { isBelow, type FilePath } from '../library/paths.ts'
import { isFolder } from '../media/read-photo.ts'
import type { JobRunner } from '../runtime/jobs/job-runner.ts'
import type { StoredJob } from '../runtime/jobs/job-store.ts'
import type { Logger } from '../runtime/log.ts'
import type { ImportParameters } from './import-job.ts'

/** Milliseconds between two looks whether a folder is back. */
const LOOK_EVERY = 30_000

const importParameters = z.object({
  folders: z.array(z.string()),
  ignore: z.array(z.string()),
  retryFailed: z.boolean().exactOptional(),
})

const albumParameters = z.object({ folder: z.string() })

/**
 * Imports that were cut off. They resume with the folders that can be reached; the others stay stored in a job of their
 * own, which resumes when they are back: at the next start, or while the program runs.
 */
export class InterruptedImports {
  readonly #jobs: JobRunner
  readonly #log: Logger
  readonly #start: (parameters: ImportParameters) => unknown
  #watching: NodeJS.Timeout | undefined
  #isStopped = false

  /** @param start starts an import of folders that can be reached */
  constructor(jobs: JobRunner, log: Logger, start: (parameters: ImportParameters) => unknown) {
    this.#jobs = jobs
    this.#log = log
    this.#start = start
  }

  /** Resumes every import now, and those whose folders cannot be reached as soon as they can. */
  watch(): void {
    void this.resumeReturned()
    this.#watching ??= setInterval(() => void this.resumeReturned(), LOOK_EVERY).unref()
  }

  stop(): void {
    this.#isStopped = true
    clearInterval(this.#watching)
  }

  /** Resumes the imports whose folders can be reached. */
  async resumeReturned(): Promise<void> {
    if (this.#isStopped) return
    await Promise.all(this.#ofKind('import').map(job => this.#resumeStored(job)))
  }

  /** Imports what can be reached now, and keeps the rest for later. */
  async resume(parameters: ImportParameters): Promise<void> {
    const { reachable, missing } = await split(parameters)
    if (missing.folders.length > 0) this.#jobs.park('import', missing)
    if (reachable.folders.length > 0 && !this.#isStopped) this.#start(reachable)
  }

  /** Takes a folder and all below it out of what is to resume. */
  forget(folder: FilePath): void {
    for (const { id, parameters } of this.#ofKind('import')) {
      const { folders, ...options } = importParameters.parse(JSON.parse(parameters))
      const left = folders.filter(other => !isBelow(other, folder))
      if (left.length === folders.length) continue
      if (left.length > 0) this.#jobs.park('import', { folders: left, ...options })
      this.#jobs.drop(id)
    }
    for (const { id, parameters } of this.#ofKind('albums'))
      if (isBelow(albumParameters.parse(JSON.parse(parameters)).folder, folder)) this.#jobs.drop(id)
  }

  async #resumeStored({ id, parameters }: StoredJob): Promise<void> {
    try {
      const { reachable, missing } = await split(importParameters.parse(JSON.parse(parameters)))
      // Somebody may have begun the same import meanwhile.
      const isWaiting = !this.#isStopped && this.#ofKind('import').some(job => job.id === id)
      if (!isWaiting || reachable.folders.length === 0) return
      if (missing.folders.length > 0) {
        this.#jobs.park('import', missing)
        this.#jobs.drop(id)
      }
      this.#start(reachable)
    } catch (error) {
      this.#log('warn', 'An import could not resume', { reason: String(error) })
    }
  }

  #ofKind(kind: string): readonly StoredJob[] {
    return this.#jobs.interrupted().filter(job => job.kind === kind)
  }
}

/** The same import of the folders that can be reached, and of the others. */
async function split(
  parameters: ImportParameters,
): Promise<{ readonly reachable: ImportParameters; readonly missing: ImportParameters }> {
  const { folders } = parameters
  const found = await Promise.all(folders.map(isFolder))
  return {
    reachable: { ...parameters, folders: folders.filter((_, n) => found[n]) },
    missing: { ...parameters, folders: folders.filter((_, n) => !found[n]) },
  }
}
