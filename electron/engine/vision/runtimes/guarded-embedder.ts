import type { NetworkPixels } from '../../media/decode.ts'
import { compareFeatures } from '../network/feature-agreement.ts'
import type { Embedder } from '../network/embedder.ts'
import type { ProcessEmbedder } from './process-embedder.ts'

/** Fewer photos than these, such as one to search by, go to the CPU: it is done sooner than another process would be. */
const FEW = 4
/** One photo of every so many batches goes through the CPU's runtime too, to compare. */
const CHECK_EVERY = 4
/** Milliseconds without work after which the process is ended, to free its memory. */
const IDLE = 60_000

export interface EmbedderListeners {
  /** Called before each batch. */
  readonly onWork?: (photos: number) => void
  /** Called when the other runtime is given up; the CPU goes on. */
  readonly onDropped?: (runtime: string, reason: string) => void
}

/** A runtime beside the CPU's: how its process is started, and the process that runs. */
interface Other {
  readonly start: () => ProcessEmbedder
  running: ProcessEmbedder | undefined
  ready: boolean
}

/**
 * The CPU's runtime, and beside it another one where a benchmark has found a faster. The first batch starts the other one,
 * and the CPU takes the batches until it is ready. While it works, samples of its features are compared with the CPU's. At
 * its first fault it is dropped, and the CPU repeats the batch.
 */
export class GuardedEmbedder implements Embedder {
  readonly featureLength: number
  readonly inputSize: number
  readonly #cpu: Embedder
  readonly #listeners: EmbedderListeners
  #other: Other | undefined
  #batches = 0
  #idle: NodeJS.Timeout | undefined
  #closed = false

  constructor(cpu: Embedder, listeners: EmbedderListeners = {}) {
    this.#cpu = cpu
    this.#listeners = listeners
    this.featureLength = cpu.featureLength
    this.inputSize = cpu.inputSize
  }

  /** The runtime that takes the next batch. */
  get runtime(): string {
    return this.#other?.running && this.#other.ready ? this.#other.running.runtime : this.#cpu.runtime
  }

  /** Lets another runtime take the batches once it has started; undefined: the CPU takes all from now on. */
  async use(start: (() => ProcessEmbedder) | undefined): Promise<void> {
    const before = this.#other
    this.#other = start && { start, running: undefined, ready: false }
    await before?.running?.close()
  }

  async features(photos: readonly NetworkPixels[]): Promise<Float32Array> {
    this.#listeners.onWork?.(photos.length)
    const other = this.#other
    if (!other || photos.length < FEW) return this.#cpu.features(photos)
    if (!other.running) void this.#begin(other)
    const { running, ready } = other
    if (!running || !ready) return this.#cpu.features(photos)
    this.#endWhenIdle(other)
    try {
      return await this.#checked(running, photos)
    } catch (error) {
      if (this.#closed) throw error
      this.#drop(other, running, error)
    }
    return this.#cpu.features(photos)
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#idle)
    await this.#other?.running?.close()
    await this.#cpu.close()
  }

  async #begin(other: Other): Promise<void> {
    const running = (other.running = other.start())
    try {
      await running.load()
      other.ready = true
      this.#endWhenIdle(other)
    } catch (error) {
      this.#drop(other, running, error)
    }
  }

  async #checked(embedder: ProcessEmbedder, photos: readonly NetworkPixels[]): Promise<Float32Array> {
    const batch = this.#batches++
    const isDue = batch % CHECK_EVERY === 0
    // The photo that is compared is at another place of the batch each time.
    const place = (batch / CHECK_EVERY) % photos.length
    const [features, expected] = await Promise.all([
      embedder.features(photos),
      isDue ? this.#cpu.features([photos[place]!]) : undefined,
    ])
    if (!expected) return features
    const row = features.subarray(place * this.featureLength, (place + 1) * this.featureLength)
    const { agrees, lowestCosine } = compareFeatures(row, expected, this.featureLength)
    if (!agrees)
      throw new Error(`Its features are no longer those of the CPU (cosine ${lowestCosine.toFixed(4)}).`)
    return features
  }

  #endWhenIdle(other: Other): void {
    clearTimeout(this.#idle)
    this.#idle = setTimeout(() => {
      void other.running?.close()
      other.running = undefined
      other.ready = false
    }, IDLE).unref()
  }

  #drop(other: Other, running: ProcessEmbedder, error: unknown): void {
    // Several batches may meet the same fault; that a process was replaced or ended when idle is none.
    if (this.#other !== other || other.running !== running || this.#closed) return
    this.#other = undefined
    void running.close()
    this.#listeners.onDropped?.(running.runtime, error instanceof Error ? error.message : String(error))
  }
}
