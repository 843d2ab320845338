import { Tensor, type InferenceSession } from 'onnxruntime-node'
import { KindredError } from '../../shared/errors.ts'
import type { NetworkCard } from './model-card.ts'
import { toInputTensor } from './preprocess.ts'

/** Photos in one pass: what the layers hand to each other for more outgrows the processor's cache (docs/performance.md). */
const PHOTOS_A_PASS = 4

/**
 * Features of `count` photos, as the card says that they come out of the network.
 * @param rgb `count × size × size × 3` bytes
 * @returns `count × length`
 * @throws KindredError `runtime-failed` when the answer is not what the card says
 */
export async function runNetwork(
  session: InferenceSession,
  { input, output }: Pick<NetworkCard, 'input' | 'output'>,
  rgb: Uint8Array,
  count: number,
): Promise<Float32Array<ArrayBuffer>> {
  const features = new Float32Array(count * output.length)
  const bytes = input.size ** 2 * 3
  const batch = input.batch ?? Math.min(count, PHOTOS_A_PASS)
  for (let from = 0; from < count; from += batch) {
    const photos = Math.min(batch, count - from)
    const taken = input.batch ?? photos
    // A network that takes a fixed number gets empty pictures beside the last ones.
    const pixels = new Uint8Array(taken * bytes)
    pixels.set(rgb.subarray(from * bytes, (from + photos) * bytes))
    const tensor = new Tensor('float32', toInputTensor(pixels, taken, input), [
      taken,
      3,
      input.size,
      input.size,
    ])
    const answer = (await session.run({ [input.name]: tensor }))[output.name]
    if (!answer || !(answer.data instanceof Float32Array))
      throw new KindredError('runtime-failed', 'The network answered something else than its card says.')
    const rows = reduceAnswer(answer.data, answer.dims, output, taken)
    features.set(rows.subarray(0, photos * output.length), from * output.length)
  }
  if (!features.every(Number.isFinite))
    throw new KindredError('runtime-failed', 'The network answered no numbers.')
  return features
}

/**
 * One row a photo of what a network answered.
 * @throws KindredError `runtime-failed` when it is not what the card says
 */
export function reduceAnswer(
  data: Float32Array,
  dims: readonly number[],
  { length, reduce }: NetworkCard['output'],
  count: number,
): Float32Array {
  const perPhoto = data.length / count
  const fits = dims[0] === count && (reduce === undefined ? perPhoto === length : perPhoto % length === 0)
  if (!fits)
    throw new KindredError('runtime-failed', 'The network answered something else than its card says.')
  if (reduce === undefined) return data
  const rows = new Float32Array(count * length)
  const places = perPhoto / length
  for (let n = 0; n < count; n++)
    for (let i = 0; i < length; i++) {
      const at = n * perPhoto
      if (reduce === 'first token') rows[n * length + i] = data[at + i]!
      else {
        let sum = 0
        for (let place = 0; place < places; place++) sum += data[at + i * places + place]!
        rows[n * length + i] = sum / places
      }
    }
  return rows
}
