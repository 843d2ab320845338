import type { Catalog } from '../library/catalog/catalog.ts'
import type { MetadataWorkerApi } from './metadata.worker.ts'
import { METADATA_VERSION, THOROUGH_VERSION } from '../library/pipeline-version.ts'
import type { EmbeddingIndex } from '../retrieval/index/embedding-index.ts'
import type { JobRunner, StartedJob } from '../runtime/jobs/job-runner.ts'
import type { Logger } from '../runtime/log.ts'
import { WorkerClient } from '../runtime/threads/rpc.ts'
import { workerFile } from '../runtime/threads/worker-file.ts'
import { readMetadata, type MetadataResult } from './metadata-job.ts'

export interface MetadataServiceTools {
  readonly catalog: Catalog
  readonly index: EmbeddingIndex
  readonly jobs: JobRunner
  readonly log: Logger
}

/** Reads lacking metadata in the background, after imports. */
export class MetadataService {
  readonly #tools: MetadataServiceTools
  /** Perl that is installed meanwhile is found when the library is opened next. */
  #looksForExiftool = true
  #running: StartedJob<MetadataResult> | undefined
  #stopListening: () => void = () => undefined

  constructor(tools: MetadataServiceTools) {
    this.#tools = tools
  }

  /** Begins now and after each import. Only interactive hosts do this: a command ends when its work is done. */
  watch(): void {
    let importing = false
    this.#stopListening = this.#tools.jobs.onChange(() => {
      const before = importing
      // Noted first: starting a job is a change, too.
      importing = this.#isImporting()
      if (before && !importing) this.start()
    })
    this.start()
  }

  stop(): void {
    this.#stopListening()
  }

  /** Starts, where something is lacking and it does not run. */
  start(): StartedJob<MetadataResult> | undefined {
    const { catalog, index, jobs, log } = this.#tools
    if (this.#running) return this.#running
    const { metadata, files, parts } = catalog
    const isComplete =
      files.undated(1).length === 0 &&
      parts.unpaired(1).length === 0 &&
      metadata.outdated(METADATA_VERSION, 1).length === 0 &&
      (!this.#looksForExiftool || metadata.lacking(THOROUGH_VERSION, 1).length === 0)
    if (isComplete) return undefined
    const thread = (): WorkerClient<MetadataWorkerApi> =>
      new WorkerClient<MetadataWorkerApi>(workerFile('metadata', import.meta.url))
    const isBusy = (): boolean => this.#isImporting()
    const work = { catalog, index, log, isBusy, looksForExiftool: this.#looksForExiftool }
    const started = jobs.start('metadata', {}, job => readMetadata(work, job, thread))
    this.#running = started
    const over = (): void => void (this.#running = undefined)
    started.done.then(({ hasExiftool }) => {
      this.#looksForExiftool = hasExiftool
      over()
    }, over)
    return started
  }

  #isImporting(): boolean {
    return this.#tools.jobs.list().some(({ kind, state }) => kind === 'import' && state === 'running')
  }
}
