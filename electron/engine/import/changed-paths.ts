import type { ImportCounts, ImportResult } from '../../shared/results.ts'
import type { FilePath } from '../library/paths.ts'
import type { JobContext, JobRunner } from '../runtime/jobs/job-runner.ts'

/** Imports files that have changed in one job: what comes while it waits or runs joins it. */
export class ChangedPaths {
  readonly #jobs: JobRunner
  readonly #import: (paths: readonly FilePath[], job: JobContext) => Promise<ImportResult>
  readonly #pending = new Set<FilePath>()
  #running: Promise<ImportResult> | undefined

  constructor(
    jobs: JobRunner,
    importPaths: (paths: readonly FilePath[], job: JobContext) => Promise<ImportResult>,
  ) {
    this.#jobs = jobs
    this.#import = importPaths
  }

  /** Resolves when these and all that joined them are imported. */
  add(paths: readonly FilePath[]): Promise<ImportResult> {
    for (const path of paths) this.#pending.add(path)
    this.#running ??= this.#jobs
      .run('changes', {}, job => this.#work(job), { replacesEnded: true })
      .finally(() => (this.#running = undefined))
    return this.#running
  }

  async #work(job: JobContext): Promise<ImportResult> {
    let all: ImportResult | undefined
    do {
      const paths = [...this.#pending]
      this.#pending.clear()
      const part = await this.#import(paths, job)
      all = all ? together(all, part) : part
    } while (this.#pending.size > 0)
    return all
  }
}

const summed = [
  'added',
  'updated',
  'moved',
  'removed',
  'restored',
  'copies',
] as const satisfies (keyof ImportCounts)[]

function together(a: ImportResult, b: ImportResult): ImportResult {
  const counts = Object.fromEntries(summed.map(key => [key, a[key] + b[key]])) as Omit<ImportCounts, 'photos'>
  const seconds = a.seconds + b.seconds
  const photos = a.photosPerSecond * a.seconds + b.photosPerSecond * b.seconds
  return {
    photos: b.photos,
    ...counts,
    failed: [...a.failed, ...b.failed],
    damaged: [...a.damaged, ...b.damaged],
    seconds,
    photosPerSecond: seconds > 0 ? photos / seconds : 0,
  }
}
