import type { Example, RegionHeat } from '../../electron/shared/contract.ts'

/** A rectangle in shares of a picture's width and height. */
export type Box = NonNullable<Example['crop']>

const WHOLE: Box = { x: 0, y: 0, width: 1, height: 1 }
/** How dark a place is that says nothing for the match. */
const DARKEST = 0.78
/** The exponent of the heat, above 1: it tells what matches a little from what matches most. */
const CONTRAST = 1.5

/** Returns the square in the middle of a picture, or of a part of it, that the network sees. */
export function seenSquare(aspect: number, part: Box = WHOLE): Box {
  const partAspect = (aspect * part.width) / part.height
  const width = partAspect > 1 ? part.width / partAspect : part.width
  const height = partAspect > 1 ? part.height : part.height * partAspect
  return { x: part.x + (part.width - width) / 2, y: part.y + (part.height - height) / 2, width, height }
}

/**
 * Returns a shade for each place, RGBA: clear where a place matches most, dark where it does not.
 * @param hottest the heat that is clear
 */
export function shades({ rows, columns, heat }: RegionHeat, hottest: number): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(rows * columns * 4)
  for (const [place, value] of heat.entries())
    pixels[place * 4 + 3] = 255 * DARKEST * (1 - Math.min(1, Math.max(0, value / hottest)) ** CONTRAST)
  return pixels
}
