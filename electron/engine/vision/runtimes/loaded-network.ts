import { KindredError } from '../../../shared/errors.ts'
import { Transferred } from '../../runtime/threads/rpc.ts'
import type { NetworkCard } from '../network/model-card.ts'

/** A network that a runtime has loaded, ready to turn pixels into features. */
export interface LoadedNetwork {
  /**
   * Runs the network on `count` photos.
   * @param rgb `count × size × size × 3` bytes
   * @returns `count × length`, one row of features for each photo
   * @throws KindredError `runtime-failed`
   */
  features(rgb: Uint8Array, count: number): Promise<Float32Array<ArrayBuffer>>
}

/**
 * Loads a network into a runtime: each runtime has a function of this type (onnx-runtime.ts, tensorflow-runtime.ts).
 * @param file path of the ONNX file
 * @param card how its input is made and what its output is
 * @throws whatever keeps the runtime from starting on this machine
 */
export type LoadNetwork = (file: string, card: NetworkCard) => Promise<LoadedNetwork>

/** Returns the calls that a thread or process serves for the one network that it runs. */
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

/** Says that the parts which `npm ci` leaves out are absent, or lack something themselves. */
export const PARTS_MISSING =
  'Its native parts do not load. Where there is an NVIDIA GPU, npm run gpu:install fetches them and says what is missing.'

/** Returns the first line of an error's message, without the place in the runtime's sources that it begins with. */
function plainReason(error: unknown): string {
  const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n')
  return line.replace(/^\/.* was false\. /, '')
}
