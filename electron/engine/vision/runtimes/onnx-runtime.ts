import { availableParallelism } from 'node:os'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { runNetwork, type RunNetwork } from '../network/run-network.ts'
import { PARTS_MISSING, type LoadNetwork } from './loaded-network.ts'

/** What ONNX Runtime calls the parts that compute for it. */
export type Provider = 'cpu' | 'cuda' | 'webgpu' | 'dml' | 'coreml'

const CORES = availableParallelism()
/**
 * Half of the cores, and two where there are two: an outside image is embedded sooner, and small photos, of whose way into the
 * library the network is the longest part, come in faster; large ones hardly slower (docs/performance.md).
 */
export const NETWORK_THREADS = Math.min(CORES, Math.max(2, Math.round(CORES / 2)))

/** Photos in one pass on the CPU: what the layers hand to each other for more outgrows its cache (docs/performance.md). */
const PHOTOS_A_PASS = 4

/** Runs networks with ONNX Runtime. */
export function onnxRuntime(provider: Provider, threads = NETWORK_THREADS): LoadNetwork {
  return async (file, card) => {
    const session = await InferenceSession.create(file, {
      executionProviders: [provider],
      intraOpNumThreads: threads,
      graphOptimizationLevel: 'all',
      // Threads that wait for each other in a loop would take the cores away from the codecs.
      extra: { session: { intra_op: { allow_spinning: '0' } } },
      logSeverityLevel: 3,
    }).catch((error: unknown) => {
      throw provider === 'cuda' ? new Error(PARTS_MISSING, { cause: error }) : error
    })
    const run: RunNetwork = async (values, shape) => {
      const fed = { [card.input.name]: new Tensor('float32', values, shape) }
      return (await session.run(fed))[card.output.name]
    }
    const photosAPass = provider === 'cpu' ? PHOTOS_A_PASS : undefined
    return { features: (rgb, count) => runNetwork(run, card, rgb, count, photosAPass) }
  }
}
