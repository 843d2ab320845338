import { asKindredError, KindredError } from '../../../shared/errors.ts'
import type { NetworkPixels } from '../../media/decode.ts'
import { WorkerClient } from '../../runtime/threads/rpc.ts'
import { workerFile } from '../../runtime/threads/worker-file.ts'
import type { Embedder } from '../network/embedder.ts'
import { packPixels } from '../network/pack-pixels.ts'
import { CPU_RUNTIME } from './candidates.ts'
import type { RuntimeApi } from './loaded-network.ts'
import type { Network } from '../network/model-card.ts'

/** A network in ONNX Runtime on the CPU, in a thread of its own: the Node binding computes on the thread that calls it. */
export class OnnxEmbedder implements Embedder {
  readonly runtime = CPU_RUNTIME
  readonly featureLength: number
  readonly inputSize: number
  readonly #network: Network
  #worker: WorkerClient<RuntimeApi> | undefined
  #ready: Promise<void> | undefined

  constructor(network: Network) {
    this.#network = network
    this.featureLength = network.card.output.length
    this.inputSize = network.card.input.size
  }

  async features(photos: readonly NetworkPixels[]): Promise<Float32Array> {
    const worker = await this.#start()
    const rgb = packPixels(photos, this.inputSize)
    return worker.callWith([rgb.buffer], 'features', rgb, photos.length)
  }

  async close(): Promise<void> {
    await this.#worker?.close()
  }

  /** Starts the thread at the first use, and again where it has died. */
  async #start(): Promise<WorkerClient<RuntimeApi>> {
    if (!this.#worker?.alive) {
      this.#worker = new WorkerClient<RuntimeApi>(workerFile('embed', import.meta.url))
      this.#ready = this.#worker.call('load', this.#network.file, this.#network.card).catch(refused)
    }
    await this.#ready
    return this.#worker
  }
}

function refused(error: unknown): never {
  const { code, message } = asKindredError(error)
  throw new KindredError(code, `The network could not be loaded: ${message}`, { cause: error })
}
