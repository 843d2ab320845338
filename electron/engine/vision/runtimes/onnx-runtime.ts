import { availableParallelism } from 'node:os'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { runNetwork, type RunNetwork } from '../network/run-network.ts'
import { PARTS_MISSING, type LoadNetwork } from './loaded-network.ts'

/** The parts of ONNX Runtime that compute, by its own names. */
export type Provider = 'cpu' | 'cuda' | 'webgpu' | 'dml' | 'coreml'

const CORES = availableParallelism()
/**
 * Half of the cores, and two where there are two: an external image is embedded sooner, and so are small photos, whose
 * import takes longest in the network; large photos are hardly slower (docs/performance.md).
 */
export const NETWORK_THREADS = Math.min(CORES, Math.max(2, Math.round(CORES / 2)))

/** Photos in one run on the CPU: with more, what one layer passes to the next outgrows the cache (docs/performance.md). */
const PHOTOS_A_PASS = 4

/** Returns how ONNX Runtime loads a network, computing by a provider. */
export function onnxRuntime(provider: Provider, threads = NETWORK_THREADS): LoadNetwork {
  return async (file, card) => {
    const session = await InferenceSession.create(file, {
      executionProviders: [provider],
      intraOpNumThreads: threads,
      graphOptimizationLevel: 'all',
      // Threads that spin while they wait would take the cores away from the codecs.
      extra: { session: { intra_op: { allow_spinning: '0' } } },
      logSeverityLevel: 3,
    }).catch((error: unknown) => {
      throw provider === 'cuda' ? new Error(PARTS_MISSING, { cause: error }) : error
    })
    const run: RunNetwork = async (values, shape) => {
      const inputs = { [card.input.name]: new Tensor('float32', values, shape) }
      return (await session.run(inputs))[card.output.name]
    }
    const photosAPass = provider === 'cpu' ? PHOTOS_A_PASS : undefined
    return { features: (rgb, count) => runNetwork(run, card, rgb, count, photosAPass) }
  }
}
