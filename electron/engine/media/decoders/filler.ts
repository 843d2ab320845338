/** @file How decoders fill up what is missing: libjpeg with middle grey (128), libpng and nsgif with zeros. */

import type { Side } from '../formats/missing-part.ts'

/** Steps by which filler differs after it was resized or brought to another colour space. */
const TOLERANCE = 3
/** How far apart red, green and blue are: grey stays grey in most profiles, less so from CMYK. */
const MOST_COLOUR = 20
/** Grey of profiles with another gamma, and of CMYK, where all four inks are half there. */
const [DARKEST, LIGHTEST] = [60, 165] as const

/** Whether all pixels of a row are alike. */
const isUniform = (row: Uint8Array, channels: number): boolean =>
  row.every((value, n) => Math.abs(value - row[n % channels]!) <= TOLERANCE)

/** Whether a pixel has the colour of another that is filler. */
export const isFiller = (data: Uint8Array, at: number, filler: Uint8Array): boolean =>
  filler.every((value, channel) => Math.abs(value - data[at + channel]!) <= TOLERANCE)

/** Whether a row is what libjpeg puts in place of missing blocks. A photo of a grey wall may have such a row, too. */
export function isGreyFiller(row: Uint8Array, channels: number): boolean {
  const colour = row.subarray(0, Math.min(channels, 3))
  const [darkest, lightest] = [Math.min(...colour), Math.max(...colour)]
  const isGrey = darkest >= DARKEST && lightest <= LIGHTEST && lightest - darkest <= MOST_COLOUR
  return isGrey && isUniform(row, channels)
}

/** Decoded pixels: RGB, one byte a channel, without gaps. */
export interface Raster {
  readonly data: Buffer
  readonly width: number
  readonly height: number
}

/** Whether the outermost pixels at a side are what libjpeg puts in place of missing blocks. */
export function isGreyAt({ data, width, height }: Raster, side: Side): boolean {
  const row = (y: number): Uint8Array => data.subarray(y * width * 3, (y + 1) * width * 3)
  if (side === 'lower') return isGreyFiller(row(height - 1), 3)
  if (side === 'upper') return isGreyFiller(row(0), 3)
  const x = side === 'left' ? 0 : width - 1
  const column = Uint8Array.from({ length: height * 3 }, (_, n) => {
    const y = Math.floor(n / 3)
    return data[(y * width + x) * 3 + (n % 3)]!
  })
  return isGreyFiller(column, 3)
}
