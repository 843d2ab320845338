import type { NetworkPixels } from '../media/decode.ts'
import { WorkerClient } from '../workers/rpc.ts'
import type { EmbedWorkerApi } from '../workers/embed-worker.ts'
import type { Embedder } from './embedder.ts'
import type { NetworkCard } from './model-card.ts'

interface Network {
  readonly card: NetworkCard
  readonly file: string
}

/** ONNX Runtime on the CPU, in a thread of its own: its Node binding computes on the thread that calls it. */
export class OnnxEmbedder implements Embedder {
  readonly runtime = 'onnxruntime-cpu'
  readonly featureLength: number
  readonly inputSize: number
  readonly #model: Network
  #worker: WorkerClient<EmbedWorkerApi> | undefined
  #ready: Promise<void> | undefined

  constructor(model: Network) {
    this.#model = model
    this.featureLength = model.card.output.length
    this.inputSize = model.card.input.size
  }

  async features(photos: readonly NetworkPixels[]): Promise<Float32Array> {
    const worker = await this.#start()
    const bytes = this.inputSize ** 2 * 3
    const rgb = new Uint8Array(bytes * photos.length)
    for (const [n, photo] of photos.entries()) rgb.set(photo.rgb, n * bytes)
    return worker.callWith([rgb.buffer], 'features', rgb, photos.length)
  }

  async close(): Promise<void> {
    await this.#worker?.close()
  }

  /** Starts the thread at the first use, and again where it has died. */
  async #start(): Promise<WorkerClient<EmbedWorkerApi>> {
    if (!this.#worker?.alive) {
      this.#worker = new WorkerClient<EmbedWorkerApi>('embed')
      this.#ready = this.#worker.call('load', this.#model.file, this.#model.card)
    }
    await this.#ready
    return this.#worker
  }
}
