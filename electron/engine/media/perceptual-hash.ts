import type { NetworkPixels } from './decode.ts'

/** Edge of the small grey picture that is transformed, and of the block of its lowest frequencies that is kept. */
const EDGE = 32
const BLOCK = 8

/**
 * 64 bits that stay nearly the same when a photo is resized, recompressed or slightly edited: the signs of its lowest
 * cosine frequencies against their median (Zauner, "Implementation and Benchmarking of Perceptual Image Hash
 * Functions", 2010). Taken from the square that the network sees, so that one decoding serves both.
 * @returns 8 bytes
 */
export function perceptualHash({ size, rgb }: NetworkPixels): Buffer {
  const frequencies = lowFrequencies(shrink(rgb, size))
  const median = [...frequencies].sort((a, b) => a - b)[frequencies.length / 2]!
  const hash = Buffer.alloc((BLOCK * BLOCK) / 8)
  for (const [bit, value] of frequencies.entries()) if (value > median) hash[bit >> 3]! |= 1 << (bit & 7)
  return hash
}

/** Returns how many of the 64 bits differ: a few for copies, about 32 for unrelated photos. */
export function hashDistance(a: Buffer, b: Buffer): number {
  let count = 0
  for (let i = 0; i < a.length; i++) for (let bits = a[i]! ^ b[i]!; bits > 0; bits &= bits - 1) count++
  return count
}

/** Luminance (ITU-R BT.601), each value the mean of its share of the picture. */
function shrink(rgb: Uint8Array, size: number): Float64Array {
  const sums = new Float64Array(EDGE * EDGE)
  const counts = new Float64Array(EDGE * EDGE)
  const cells = Uint16Array.from({ length: size }, (_, at) => Math.floor((at * EDGE) / size))
  for (let y = 0, at = 0; y < size; y++) {
    const row = cells[y]! * EDGE
    for (let x = 0; x < size; x++, at += 3) {
      const cell = row + cells[x]!
      sums[cell]! += 0.299 * rgb[at]! + 0.587 * rgb[at + 1]! + 0.114 * rgb[at + 2]!
      counts[cell]!++
    }
  }
  return sums.map((sum, i) => sum / Math.max(1, counts[i]!))
}

const cosines = Float64Array.from({ length: BLOCK * EDGE }, (_, i) => {
  const [frequency, position] = [Math.floor(i / EDGE) + 1, i % EDGE]
  return Math.cos((Math.PI * frequency * (2 * position + 1)) / (2 * EDGE))
})

/** The frequencies 1…8 both ways of the discrete cosine transform; the mean brightness is not among them. */
function lowFrequencies(grey: Float64Array): Float64Array {
  const rows = new Float64Array(EDGE * BLOCK)
  for (let y = 0; y < EDGE; y++)
    for (let u = 0; u < BLOCK; u++) {
      let sum = 0
      for (let x = 0; x < EDGE; x++) sum += grey[y * EDGE + x]! * cosines[u * EDGE + x]!
      rows[y * BLOCK + u] = sum
    }
  const frequencies = new Float64Array(BLOCK * BLOCK)
  for (let v = 0; v < BLOCK; v++)
    for (let u = 0; u < BLOCK; u++) {
      let sum = 0
      for (let y = 0; y < EDGE; y++) sum += rows[y * BLOCK + u]! * cosines[v * EDGE + y]!
      frequencies[v * BLOCK + u] = sum
    }
  return frequencies
}
