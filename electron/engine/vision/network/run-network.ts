import { KindredError } from '../../../shared/errors.ts'
import type { NetworkCard } from './model-card.ts'
import { toInputTensor } from './preprocess.ts'

/**
 * Runs a network in some runtime.
 * @param values of shape `batch × 3 × size × size`
 * @returns the output that its card names; undefined where there is none
 */
export type RunNetwork = (
  values: Float32Array,
  shape: readonly number[],
) => Promise<{ readonly data: unknown; readonly dims: readonly number[] } | undefined>

/**
 * Runs a network on `count` photos, and returns one row of features for each, as its card says.
 * @param rgb `count × size × size × 3` bytes
 * @param photosAPass photos in one run, where the network takes any number
 * @returns `count × length`
 * @throws KindredError `runtime-failed` where the output is not what the card says
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
    // A network that takes a fixed number of photos gets black ones after the last.
    const pixels = new Uint8Array(taken * bytes)
    pixels.set(rgb.subarray(from * bytes, (from + photos) * bytes))
    const result = await run(toInputTensor(pixels, taken, input), [taken, 3, input.size, input.size])
    if (!result || !(result.data instanceof Float32Array))
      throw new KindredError('runtime-failed', 'The network answered something else than its card says.')
    const rows = reduceOutput(result.data, result.dims, output, taken)
    features.set(rows.subarray(0, photos * output.length), from * output.length)
  }
  if (!features.every(Number.isFinite))
    throw new KindredError('runtime-failed', 'The network answered no numbers.')
  return features
}

/**
 * Reduces the output of a network to one row per photo.
 * @throws KindredError `runtime-failed` where it is not what the card says
 */
export function reduceOutput(
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
  for (let n = 0; n < count; n++) {
    const photo = data.subarray(n * perPhoto, (n + 1) * perPhoto)
    if (reduce === 'first token') rows.set(photo.subarray(0, length), n * length)
    else
      for (let i = 0; i < length; i++) {
        let sum = 0
        for (let place = 0; place < places; place++) sum += photo[i * places + place]!
        rows[n * length + i] = sum / places
      }
  }
  return rows
}
