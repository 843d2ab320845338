import type { Catalog } from '../../library/catalog/catalog.ts'
import type { EmbeddingIndex } from '../../retrieval/index/embedding-index.ts'
import type { Logger } from '../../runtime/log.ts'
import { WorkerClient } from '../../runtime/threads/rpc.ts'
import { workerFile } from '../../runtime/threads/worker-file.ts'
import { summariseLabels, type LabelSummary } from './label-summary.ts'
import type { LabelsWorkerApi } from './labels.worker.ts'
import { trainingSet } from './training-set.ts'

const nothing = { albums: [], members: [], refused: [], notLike: [] }

/** Knows what the labels offer for training, without holding up the engine's thread. */
export class LabelWatch {
  readonly #tools: { readonly catalog: Catalog; readonly index: EmbeddingIndex; readonly log: Logger }
  readonly #listeners = new Set<() => void>()
  #thread: WorkerClient<LabelsWorkerApi> | undefined
  /** Which state of the labels the summary tells of. */
  #state = ''
  #summary = summariseLabels(trainingSet(nothing, new Map()))
  #refreshing: Promise<void> | undefined
  #closed = false

  constructor(tools: { readonly catalog: Catalog; readonly index: EmbeddingIndex; readonly log: Logger }) {
    this.#tools = tools
  }

  /** The summary that was made last. Where labels have changed since, another is on its way. */
  get summary(): LabelSummary {
    if (!this.fresh) void this.refresh()
    return this.#summary
  }

  /** Whether no label has changed since the summary was made; none is made after closing. */
  get fresh(): boolean {
    return this.#closed || this.#state === this.#stateNow()
  }

  /** Resolves when there is a summary of the labels as they are now; if it cannot be made, with the last one. */
  async refresh(): Promise<void> {
    while (!this.fresh) {
      const before = this.#state
      await (this.#refreshing ??= this.#read().finally(() => (this.#refreshing = undefined)))
      if (this.#state === before) return
    }
  }

  /** Calls the listener when there is another summary. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#listeners.clear()
    await this.#thread?.close()
    // The catalog is closed next.
    await this.#refreshing
  }

  async #read(): Promise<void> {
    const state = this.#stateNow()
    try {
      this.#summary = await this.#running().call('summarise', this.#tools.index.version.backboneId)
      this.#state = state
    } catch (error) {
      this.#tools.log('warn', 'The labels could not be read', { reason: String(error) })
      return
    }
    for (const listener of this.#listeners) listener()
  }

  #running(): WorkerClient<LabelsWorkerApi> {
    if (!this.#thread?.alive) {
      this.#thread = new WorkerClient<LabelsWorkerApi>(workerFile('labels', import.meta.url))
      // Calls run in order; if this one fails, the next one says so.
      this.#thread.call('open', this.#tools.catalog.file).catch(() => undefined)
    }
    return this.#thread
  }

  #stateNow(): string {
    const { catalog, index } = this.#tools
    return [catalog.albums.revision, catalog.settings.generation(), index.version.backboneId].join()
  }
}
