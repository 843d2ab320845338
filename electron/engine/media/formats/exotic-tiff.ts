import { Tiff } from './tiff.ts'

const BITS = 0x0102
const COMPRESSION = 0x0103
const PHOTOMETRIC = 0x0106
const PLANAR = 0x011c
const TILE_WIDTH = 0x0142
const SAMPLE_FORMAT = 0x0153

/** Compressions that libtiff decodes (TIFF 6.0, and its registered extensions). */
const readable = new Set([1, 2, 3, 4, 5, 7, 8, 32_773, 32_946, 34_925, 50_000, 50_001])

/** Numbers with a sign, and complex ones (TIFF 6.0, section 19): measurements rather than pictures. */
const signed = new Set([2, 5, 6])

/** CIE L*a*b*, ICC's and ITU's (TIFF 6.0, section 23, and its registered extensions). */
const lab = new Set([8, 9, 10])

/** Whether a TIFF keeps its pixels in a form that is sound but is not decoded here. */
export function isExoticTiff(bytes: Buffer): boolean {
  const tiff = Tiff.at(bytes, 0)
  const first = tiff?.directory(tiff.first)
  if (!first) return false
  const isTiledInPlanes = first.number(PLANAR) === 2 && first.has(TILE_WIDTH)
  return (
    !readable.has(first.number(COMPRESSION) ?? 1) ||
    first.numbers(SAMPLE_FORMAT).some(format => signed.has(format)) ||
    first.numbers(BITS).some(bits => ![1, 2, 4, 8, 16, 32].includes(bits)) ||
    lab.has(first.number(PHOTOMETRIC) ?? 1) ||
    isTiledInPlanes
  )
}
