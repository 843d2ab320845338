import { InferenceSession } from 'onnxruntime-node'
import { KindredError } from '../../shared/errors.ts'
import type { NetworkCard } from '../embed/model-card.ts'
import { runNetwork } from '../embed/run-network.ts'
import { serveWorker, Transferred } from './rpc.ts'

let session: InferenceSession | undefined
let card: NetworkCard | undefined

const api = {
  async load(file: string, modelCard: NetworkCard): Promise<void> {
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
    const features = await runNetwork(session, card, rgb, count)
    return new Transferred(features, [features.buffer])
  },
}

export type EmbedWorkerApi = typeof api

serveWorker(api)
