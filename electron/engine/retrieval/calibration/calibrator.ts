import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import type { CalibrationBasis } from '../../../shared/contract.ts'
import type { Catalog } from '../../library/catalog/catalog.ts'
import { inBackground } from '../../runtime/background.ts'
import type { Logger } from '../../runtime/log.ts'
import type { ModelVersion } from '../../vision/model-versions.ts'
import type { EmbeddingIndex } from '../index/embedding-index.ts'
import type { IndexView } from '../index/index-view.ts'
import { albumModel } from './album-model.ts'
import { albumPairs } from './album-pairs.ts'
import { BackgroundPhotos } from './background.ts'
import { neighbourModel, type KindModel } from './kind-model.ts'

export interface Calibrated {
  readonly model: KindModel
  readonly calibration: CalibrationBasis
}

const KEY = 'calibration'
/** Milliseconds after a search until albums are looked at: the window makes several searches in a row. */
const REST = 2000

const storedSchema = z.object({
  head: z.int(),
  /** Of albums and library, from which it was made. */
  state: z.string(),
  /** Null where the library's albums tell no more than the model for all libraries. */
  model: z.object({ score: z.number(), contrast: z.number(), offset: z.number() }).nullable(),
  pairs: z.int(),
})
type Stored = z.infer<typeof storedSchema>

const neighbours: Calibrated = { model: neighbourModel, calibration: { basis: 'neighbours', pairs: 0 } }

/**
 * Knows how to turn scores into probabilities in this library. It learns from the albums in the background, some time
 * after a search that found them changed; until then searches go by what was known before.
 */
export class Calibrator {
  readonly backgrounds = new BackgroundPhotos()
  readonly #catalog: Catalog
  readonly #index: EmbeddingIndex
  readonly #log: Logger
  readonly #closing = new AbortController()
  #stored: Stored | undefined
  #refreshing: Promise<void> | undefined

  constructor(catalog: Catalog, index: EmbeddingIndex, log: Logger) {
    this.#catalog = catalog
    this.#index = index
    this.#log = log
    this.#stored = read(catalog)
  }

  /** What is known for this version now. */
  of(version: ModelVersion): Calibrated {
    if (!this.#refreshing && !this.#isCurrent && !this.#closing.signal.aborted)
      inBackground(this.#log, 'Calibrating scores', () => this.#refreshAfterRest())
    const known = this.#stored
    return known?.head === version.headId && known.model
      ? { model: known.model, calibration: { basis: 'albums', pairs: known.pairs } }
      : neighbours
  }

  /** Learns from the albums as they are now, unless that is done. */
  async refresh(): Promise<void> {
    if (!this.#isCurrent) await this.#index.use(view => this.#learn(view))
  }

  /** Waits for what is under way. */
  async close(): Promise<void> {
    this.#closing.abort()
    await this.#refreshing
  }

  get #isCurrent(): boolean {
    return this.#stored?.state === this.#state() && this.#stored.head === this.#index.version.headId
  }

  #state(): string {
    // What is likely depends on how many photos there are, if not on each of them.
    return `${this.#catalog.albums.revision} ${Math.floor(Math.log2(1 + this.#index.size))}`
  }

  async #refreshAfterRest(): Promise<void> {
    const { signal } = this.#closing
    const refreshed = pause(REST, undefined, { signal, ref: false })
      .then(() => this.refresh())
      .catch((error: unknown) => {
        if (!signal.aborted) throw error
      })
      .finally(() => (this.#refreshing = undefined))
    this.#refreshing = refreshed.catch(() => undefined)
    await refreshed
  }

  async #learn(view: IndexView): Promise<void> {
    const state = this.#state()
    const queries = await albumPairs(this.#catalog, view, this.backgrounds)
    const pairs = queries.reduce((sum, query) => sum + query.pairs.length, 0)
    const stored = { head: view.version.headId, state, model: albumModel(queries) ?? null, pairs }
    this.#catalog.bulkTransaction(() => this.#catalog.settings.set(KEY, JSON.stringify(stored)))
    this.#stored = stored
  }
}

function read({ settings }: Catalog): Stored | undefined {
  try {
    return storedSchema.parse(JSON.parse(settings.text(KEY) ?? 'null'))
  } catch {
    return undefined
  }
}
