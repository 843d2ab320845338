import { KindredError } from '../../../shared/errors.ts'
import type { NetworkCard } from './model-card.ts'
import { toInputTensor } from './preprocess.ts'

/** Gives a network `batch × 3 × size × size` values, and answers the output that its card names. */
export type RunNetwork = (
  values: Float32Array,
  shape: readonly number[],
) => Promise<{ readonly data: unknown; readonly dims: readonly number[] } | undefined>

/**
 * Features of `count` photos, as the card says that they come out of the network.
 * @param rgb `count × size × size × 3` bytes
 * @param photosAPass photos that the network looks at together, where it does not fix that itself
 * @returns `count × length`
 * @throws KindredError `runtime-failed` when the answer is not what the card says
 */
export async function runNetwork(
  run: RunNetwork,
  { input, output }: Pick<NetworkCard, 'input' | 'output'>,
  rgb: Uint8Array,
  count: number,
  photosAPass: number = count,
): Promise<Float32Array<ArrayBuffer>> {
  const features = new Float32Array(count * output.length)
  const bytes = input.size ** 2 * 3
  const batch = input.batch ?? Math.min(count, photosAPass)
  for (let from = 0; from < count; from += batch) {
    const photos = Math.min(batch, count - from)
    const taken = input.batch ?? photos
    // A network that takes a fixed number gets empty pictures beside the last ones.
    const pixels = new Uint8Array(taken * bytes)
    pixels.set(rgb.subarray(from * bytes, (from + photos) * bytes))
    const answer = await run(toInputTensor(pixels, taken, input), [taken, 3, input.size, input.size])
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
