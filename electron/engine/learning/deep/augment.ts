import type { Random } from '../../../shared/random.ts'
import type { NetworkPixels } from '../../media/decode.ts'

/** The limits of random changes to a photo. */
export interface Augmentation {
  /** Smallest share of the photo's area that is cut out. */
  readonly area: number
  /** Largest aspect ratio of the cut-out. */
  readonly aspect: number
  /** Whether photos are mirrored at random. */
  readonly mirror: boolean
  /** Largest changes, as a share: 0.2 stands for factors from 0.8 to 1.2. */
  readonly brightness: number
  readonly contrast: number
  readonly saturation: number
}

/** Milder than is usual for classification: photos also differ by their framing and light. */
export const usualAugmentation: Augmentation = {
  area: 0.5,
  aspect: 4 / 3,
  mirror: true,
  brightness: 0.2,
  contrast: 0.2,
  saturation: 0.2,
}

/** A rectangle in a square, in pixels. */
interface Part {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/**
 * Returns a random variant of a photo: another cut-out, mirrored, in another light.
 * @param size edge of the result, in pixels
 * @returns RGB, `size × size`, row by row
 */
export function augment(
  photo: NetworkPixels,
  size: number,
  augmentation: Augmentation,
  random: Random,
): Uint8Array {
  const part = drawPart(photo.size, augmentation, random)
  const values = resample(photo, part, size)
  if (augmentation.mirror && random.chance(0.5)) mirror(values, size)
  const factor = (most: number): number => random.between(1 - most, 1 + most)
  relight(
    values,
    factor(augmentation.brightness),
    factor(augmentation.contrast),
    factor(augmentation.saturation),
  )
  return Uint8Array.from(new Uint8ClampedArray(values))
}

/** Returns the photo in the size of the network, otherwise unchanged. */
export function resized(photo: NetworkPixels, size: number): Uint8Array {
  if (photo.size === size) return photo.rgb
  const whole = { left: 0, top: 0, width: photo.size, height: photo.size }
  return Uint8Array.from(new Uint8ClampedArray(resample(photo, whole, size)))
}

function drawPart(edge: number, { area, aspect }: Augmentation, random: Random): Part {
  const side = Math.sqrt(random.between(area, 1))
  const stretch = Math.sqrt(Math.exp(random.between(-Math.log(aspect), Math.log(aspect))))
  const width = edge * Math.min(1, side * stretch)
  const height = edge * Math.min(1, side / stretch)
  return { left: random.next() * (edge - width), top: random.next() * (edge - height), width, height }
}

/** Resamples linearly; where the cut-out shrinks, over all pixels that become one. */
function resample({ rgb, size: edge }: NetworkPixels, part: Part, size: number): Float32Array {
  const columns = weightsAlong(part.left, part.width, edge, size)
  const rows = weightsAlong(part.top, part.height, edge, size)
  const narrow = new Float32Array(edge * size * 3)
  for (let y = 0; y < edge; y++)
    for (const [x, { first, weights }] of columns.entries())
      for (const [i, weight] of weights.entries())
        for (let c = 0; c < 3; c++)
          narrow[(y * size + x) * 3 + c]! += weight * rgb[(y * edge + first + i) * 3 + c]!
  const out = new Float32Array(size * size * 3)
  for (const [y, { first, weights }] of rows.entries())
    for (const [i, weight] of weights.entries())
      for (let at = 0; at < size * 3; at++)
        out[y * size * 3 + at]! += weight * narrow[(first + i) * size * 3 + at]!
  return out
}

/** Returns the weights of the old pixels in each new one: a triangle around its centre, cut off at the edges. */
function weightsAlong(
  start: number,
  length: number,
  edge: number,
  size: number,
): { first: number; weights: number[] }[] {
  const scale = length / size
  const reach = Math.max(1, scale)
  return Array.from({ length: size }, (_, i) => {
    const centre = start + (i + 0.5) * scale - 0.5
    const first = Math.max(0, Math.ceil(centre - reach))
    const last = Math.min(edge - 1, Math.floor(centre + reach))
    const weights = Array.from({ length: last - first + 1 }, (_, j) =>
      Math.max(0, 1 - Math.abs(first + j - centre) / reach),
    )
    const sum = weights.reduce((total, weight) => total + weight, 0)
    return { first, weights: weights.map(weight => weight / sum) }
  })
}

function mirror(values: Float32Array, size: number): void {
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size >> 1; x++)
      for (let c = 0; c < 3; c++) {
        const [left, right] = [(y * size + x) * 3 + c, (y * size + size - 1 - x) * 3 + c]
        ;[values[left], values[right]] = [values[right]!, values[left]!]
      }
}

/** Changes the contrast around the mean lightness of the photo, and the saturation around that of each pixel. */
function relight(values: Float32Array, brightness: number, contrast: number, saturation: number): void {
  const lightness = (at: number): number =>
    0.299 * values[at]! + 0.587 * values[at + 1]! + 0.114 * values[at + 2]!
  let mean = 0
  for (let at = 0; at < values.length; at += 3) mean += (lightness(at) * brightness * 3) / values.length
  for (let at = 0; at < values.length; at += 3) {
    const grey = lightness(at)
    for (let c = at; c < at + 3; c++) {
      const colour = grey + saturation * (values[c]! - grey)
      values[c] = mean + contrast * (brightness * colour - mean)
    }
  }
}
