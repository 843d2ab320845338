import { InferenceSession, Tensor } from 'onnxruntime-node'
import { KindredError } from '../../shared/errors.ts'
import type { ModelCard } from '../embed/model-card.ts'
import { toInputTensor } from '../embed/preprocess.ts'
import { serveWorker, Transferred } from './rpc.ts'

let session: InferenceSession | undefined
let card: ModelCard | undefined

const api = {
  async load(file: string, modelCard: ModelCard): Promise<void> {
    card = modelCard
    try {
      session = await InferenceSession.create(file, {
        executionProviders: ['cpu'],
        // The cores are shared with the codecs: more threads for one batch took longer (docs/performance.md).
        intraOpNumThreads: 1,
        graphOptimizationLevel: 'all',
      })
    } catch (error) {
      throw new KindredError('runtime-failed', `The network could not be loaded: ${String(error)}`, {
        cause: error,
      })
    }
  },

  async features(rgb: Uint8Array, count: number): Promise<Transferred<Float32Array>> {
    if (!session || !card) throw new KindredError('runtime-failed', 'The network is not loaded.')
    const { input, output } = card
    const tensor = new Tensor('float32', toInputTensor(rgb, count, input), [count, 3, input.size, input.size])
    const answer = (await session.run({ [input.name]: tensor }))[output.name]
    const features = answer?.data
    if (!(features instanceof Float32Array) || features.length !== count * output.length)
      throw new KindredError('runtime-failed', 'The network answered something else than its card says.')
    if (!features.every(Number.isFinite))
      throw new KindredError('runtime-failed', 'The network answered no numbers.')
    const own = new Float32Array(features)
    return new Transferred(own, [own.buffer])
  },
}

export type EmbedWorkerApi = typeof api

serveWorker(api)
