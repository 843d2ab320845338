import { KindredError } from '../../../shared/errors.ts'
import { Transferred } from '../../runtime/threads/rpc.ts'
import type { NetworkCard } from '../network/model-card.ts'

/** A network in a runtime, ready to run. */
export interface LoadedNetwork {
  /**
   * @param rgb `count × size × size × 3` bytes
   * @returns `count × length`
   * @throws KindredError `runtime-failed`
   */
  features(rgb: Uint8Array, count: number): Promise<Float32Array<ArrayBuffer>>
}

/**
 * How a runtime takes a network in.
 * @param file ONNX
 * @throws whatever keeps the runtime from starting here
 */
export type LoadNetwork = (file: string, card: NetworkCard) => Promise<LoadedNetwork>

/** What a thread or a process that runs networks answers to. */
export function runtimeApi(loadNetwork: LoadNetwork) {
  let network: LoadedNetwork | undefined
  return {
    async load(file: string, card: NetworkCard): Promise<void> {
      try {
        network = await loadNetwork(file, card)
      } catch (error) {
        throw new KindredError('runtime-failed', plainReason(error), { cause: error })
      }
    },

    async features(rgb: Uint8Array, count: number): Promise<Transferred<Float32Array>> {
      if (!network) throw new KindredError('runtime-failed', 'The network is not loaded.')
      const features = await network.features(rgb, count)
      return new Transferred(features, [features.buffer])
    },
  }
}

export type RuntimeApi = ReturnType<typeof runtimeApi>

/** Of parts that `npm ci` leaves out, whether they are absent or lack something themselves. */
export const PARTS_MISSING =
  'Its native parts do not load. Where there is an NVIDIA GPU, npm run gpu:install fetches them and says what is missing.'

/** One line of an error's message, without the place in the runtime's own sources that it begins with. */
function plainReason(error: unknown): string {
  const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n')
  return line.replace(/^\/.* was false\. /, '')
}
