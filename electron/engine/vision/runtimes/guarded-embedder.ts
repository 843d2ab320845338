import type { NetworkPixels } from '../../media/decode.ts'
import { compareFeatures } from '../network/feature-agreement.ts'
import type { Embedder } from '../network/embedder.ts'
import type { ProcessEmbedder } from './process-embedder.ts'

/** Fewer photos than these are what a person waits for: the CPU answers sooner than another process would. */
const FEW = 4
/** One photo of every so many batches is looked at by the CPU too. */
const CHECK_EVERY = 4
/** A process that has had nothing to do for so long gives its memory back, in milliseconds. */
const IDLE = 60_000

export interface Watch {
  /** Called with what is asked, before it is answered. */
  readonly onWork?: (photos: number) => void
  /** The other runtime was given up; the CPU goes on. */
  readonly onDropped?: (runtime: string, reason: string) => void
}

/** A runtime beside the CPU: how its process is started, and the one that runs. */
interface Other {
  readonly start: () => ProcessEmbedder
  running: ProcessEmbedder | undefined
  ready: boolean
}

/**
 * The CPU's runtime, and beside it another one where a trial has found a faster. The other one is started by the first
 * batch and never waited for while it starts, it is checked as long as it works, and it is dropped at its first fault: its
 * batch is done again by the CPU.
 */
export class GuardedEmbedder implements Embedder {
  readonly featureLength: number
  readonly inputSize: number
  readonly #cpu: Embedder
  readonly #watch: Watch
  #other: Other | undefined
  #batches = 0
  #idle: NodeJS.Timeout | undefined
  #closed = false

  constructor(cpu: Embedder, watch: Watch = {}) {
    this.#cpu = cpu
    this.#watch = watch
    this.featureLength = cpu.featureLength
    this.inputSize = cpu.inputSize
  }

  /** The one that takes the next batch. */
  get runtime(): string {
    return this.#other?.running && this.#other.ready ? this.#other.running.runtime : this.#cpu.runtime
  }

  /** Lets another runtime take the batches, once it has started; without one, the CPU does all from now on. */
  async use(start: (() => ProcessEmbedder) | undefined): Promise<void> {
    const before = this.#other
    this.#other = start && { start, running: undefined, ready: false }
    await before?.running?.close()
  }

  async features(photos: readonly NetworkPixels[]): Promise<Float32Array> {
    this.#watch.onWork?.(photos.length)
    const other = this.#other
    if (!other || photos.length < FEW) return this.#cpu.features(photos)
    if (!other.running) void this.#begin(other)
    const { running, ready } = other
    if (!running || !ready) return this.#cpu.features(photos)
    this.#restWhenIdle(other)
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
      this.#restWhenIdle(other)
    } catch (error) {
      this.#drop(other, running, error)
    }
  }

  async #checked(embedder: ProcessEmbedder, photos: readonly NetworkPixels[]): Promise<Float32Array> {
    const batch = this.#batches++
    const isDue = batch % CHECK_EVERY === 0
    // Another place in each batch that is checked.
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

  #restWhenIdle(other: Other): void {
    clearTimeout(this.#idle)
    this.#idle = setTimeout(() => {
      void other.running?.close()
      other.running = undefined
      other.ready = false
    }, IDLE).unref()
  }

  #drop(other: Other, running: ProcessEmbedder, error: unknown): void {
    // Several batches may find the same fault; a process that was replaced or sent to rest meanwhile is no fault.
    if (this.#other !== other || other.running !== running || this.#closed) return
    this.#other = undefined
    void running.close()
    this.#watch.onDropped?.(running.runtime, error instanceof Error ? error.message : String(error))
  }
}
