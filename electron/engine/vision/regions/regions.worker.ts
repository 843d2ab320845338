/** @file The thread that looks at the places of photos, one network at a time. */
import { readFileSync } from 'node:fs'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { KindredError } from '../../../shared/errors.ts'
import { serveWorker, Transferred } from '../../runtime/threads/rpc.ts'
import type { NetworkCard } from '../network/model-card.ts'
import { toInputTensor } from '../network/preprocess.ts'
import { ModelFile } from '../onnx-graph/model-file.ts'
import { NETWORK_THREADS } from '../runtimes/onnx-runtime.ts'
import { featuresAtPlaces, lastMapOf, type LastMap } from './last-map.ts'

/** The features of each place of a photo: `rows × columns × length`. */
export interface PlaceFeatures {
  readonly rows: number
  readonly columns: number
  readonly features: Float32Array
}

interface Loaded {
  readonly file: string
  readonly card: NetworkCard
  readonly map: LastMap
  readonly session: InferenceSession
}

let loaded: Loaded | undefined

/** @throws KindredError `no-regions` where the network takes no mean over places */
async function load(file: string, card: NetworkCard): Promise<Loaded> {
  if (loaded?.file === file) return loaded
  const model = new ModelFile(readFileSync(file))
  const map = lastMapOf(model, card)
  if (!map)
    throw new KindredError('no-regions', `The network ${card.name} does not keep what it sees at each place.`)
  const bytes = model.outputs.includes(map.name) ? readFileSync(file) : model.withOutput(map.name)
  await loaded?.session.release()
  const session = await InferenceSession.create(bytes, {
    executionProviders: ['cpu'],
    intraOpNumThreads: NETWORK_THREADS,
    extra: { session: { intra_op: { allow_spinning: '0' } } },
    logSeverityLevel: 3,
  })
  loaded = { file, card, map, session }
  return loaded
}

const api = {
  /**
   * @param rgb `size × size × 3` bytes of one photo
   * @throws KindredError `no-regions`, `runtime-failed`
   */
  async places(file: string, card: NetworkCard, rgb: Uint8Array): Promise<Transferred<PlaceFeatures>> {
    const { map, session } = await load(file, card)
    const { name, size, batch = 1 } = card.input
    // A network that takes a fixed number of photos gets black ones after the first.
    const pixels = new Uint8Array(batch * rgb.length)
    pixels.set(rgb)
    const values = toInputTensor(pixels, batch, card.input)
    const results = await session.run({ [name]: new Tensor('float32', values, [batch, 3, size, size]) })
    const { data, dims } = results[map.name]!
    const [, channels = 0, rows = 0, columns = 0] = dims
    if (!(data instanceof Float32Array) || channels * rows * columns === 0)
      throw new KindredError('runtime-failed', 'The last map of the network is of no known shape.')
    const features = featuresAtPlaces(data.subarray(0, channels * rows * columns), rows * columns, map.layers)
    return new Transferred({ rows, columns, features }, [features.buffer as ArrayBuffer])
  },
}

export type RegionsApi = typeof api

serveWorker(api)
