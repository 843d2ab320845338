import type { NetworkCard } from './model-card.ts'

/**
 * Turns pixels into the input of a network: `(value / 255 − mean) / std` for each channel. Every runtime takes this.
 * @param rgb `count × size × size × 3` bytes, row by row
 * @returns `count × 3 × size × size` (NCHW)
 */
export function toInputTensor(
  rgb: Uint8Array,
  count: number,
  { size, mean, std }: NetworkCard['input'],
): Float32Array {
  const plane = size * size
  if (rgb.length !== count * plane * 3)
    throw new RangeError(
      `${count} images of ${size} × ${size} have ${count * plane * 3} bytes, not ${rgb.length}`,
    )
  const tables = mean.map((m, channel) =>
    Float32Array.from({ length: 256 }, (_, v) => (v / 255 - m) / std[channel]!),
  )
  const [red, green, blue] = tables as [Float32Array, Float32Array, Float32Array]
  const tensor = new Float32Array(rgb.length)
  for (let n = 0, from = 0; n < count; n++) {
    const [r, g, b] = [n * 3 * plane, (n * 3 + 1) * plane, (n * 3 + 2) * plane]
    for (let at = 0; at < plane; at++, from += 3) {
      tensor[r + at] = red[rgb[from]!]!
      tensor[g + at] = green[rgb[from + 1]!]!
      tensor[b + at] = blue[rgb[from + 2]!]!
    }
  }
  return tensor
}
