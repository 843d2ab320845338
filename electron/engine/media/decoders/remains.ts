/** @file What is left of a JPEG, PNG or GIF that is cut off or damaged: decoded leniently, and measured by its filler. */
import sharp, { type Metadata } from 'sharp'
import type { Damage } from '../../../shared/damage.ts'
import { KindredError } from '../../../shared/errors.ts'
import { isCutOff } from '../formats/cut-off.ts'
import { limits } from '../formats/limits.ts'
import { isEnough, partMissing, sideOfLastRows } from '../formats/missing-part.ts'
import { isFiller, isGreyFiller } from './filler.ts'

/** Size of the copy by which rows are counted: 32 pixels of each row suffice to tell filler from a picture. */
const COLUMNS = 32
const MOST_ROWS = 1024

/** Bytes of an image that can be decoded leniently, and what is missing of it. */
export interface LeftOver {
  readonly bytes: Buffer
  /** Whether nothing is missing after all: it need not be decoded leniently. */
  readonly isWhole: boolean
  readonly damage: Damage | undefined
}

/** Formats of which rows come out as far as they are there; others are decoded as a whole or not at all. */
export const hasRemains = ({ format, isProgressive }: Metadata): boolean =>
  format === 'jpeg' || format === 'gif' || (format === 'png' && !isProgressive)

/**
 * @param hasFailed whether decoding has failed
 * @throws KindredError `truncated-image`, `damaged-image` where too little is left
 */
export async function leftOver(bytes: Buffer, metadata: Metadata, hasFailed: boolean): Promise<LeftOver> {
  const isJpeg = metadata.format === 'jpeg'
  const ended = isJpeg ? withEnd(bytes) : bytes
  if (isJpeg && (await isWhole(ended))) return { bytes: ended, isWhole: true, damage: undefined }
  const isCut = isJpeg ? ended !== bytes : isCutOff(bytes, `image/${metadata.format}`)
  const share = await missingShare(ended, isJpeg)
  if (!isEnough(share))
    throw new KindredError(
      isCut ? 'truncated-image' : 'damaged-image',
      isCut ? 'The end of this image is missing.' : 'This image is damaged.',
    )
  const part = partMissing(sideOfLastRows(metadata.orientation), share)
  const damage = part ?? withoutMissingRows(metadata, isCut, hasFailed)
  return { bytes: ended, isWhole: false, damage }
}

/** What is wrong with an image of which all rows are there. */
function withoutMissingRows(
  { isProgressive }: Metadata,
  isCut: boolean,
  hasFailed: boolean,
): Damage | undefined {
  // It comes several times over, each time finer (ITU-T T.81, annex G).
  if (isCut && isProgressive) return { kind: 'detail-missing', share: 0 }
  return hasFailed && !isCut ? { kind: 'data-damaged', share: 0 } : undefined
}

const END = Buffer.of(0xff, 0xd9)

/** A JPEG with an end marker. Zeros behind it, where a file was never written to its end, are left out. */
function withEnd(jpeg: Buffer): Buffer {
  let end = jpeg.length
  while (end > 0 && jpeg[end - 1] === 0) end--
  const isEnded = end >= 2 && jpeg[end - 2] === 0xff && jpeg[end - 1] === 0xd9
  // Without zeros behind it, it may have its end before a film.
  if (isEnded) return end === jpeg.length ? jpeg : jpeg.subarray(0, end)
  return Buffer.concat([jpeg.subarray(0, end), END])
}

/** Whether a JPEG with an end marker has all data before it: its decoder warns where it had to invent some. */
async function isWhole(jpeg: Buffer): Promise<boolean> {
  try {
    await small(jpeg, 'warning')
    return true
  } catch {
    return false
  }
}

/** How much of the picture is filler: from its last pixel on backwards, row by row as far as each ends in it. */
async function missingShare(bytes: Buffer, isJpeg: boolean): Promise<number> {
  const { data, width, height, channels } = await small(bytes, 'none')
  const filler = data.subarray(data.length - channels)
  if (isJpeg ? !isGreyFiller(filler, channels) : filler.some(value => value !== 0)) return 0
  const fillerIn = (y: number): number => {
    let pixels = 0
    while (pixels < width && isFiller(data, ((y + 1) * width - pixels - 1) * channels, filler)) pixels++
    return pixels
  }
  let missing = 0
  for (let y = height - 1; y >= 0; y--) {
    const pixels = fillerIn(y)
    if (pixels === 0) break
    missing += pixels
  }
  return missing / (width * height)
}

interface Copy {
  readonly data: Buffer
  readonly width: number
  readonly height: number
  readonly channels: number
}

/** As it is stored, not turned. */
async function small(bytes: Buffer, failOn: 'none' | 'warning'): Promise<Copy> {
  const image = sharp(bytes, { limitInputPixels: limits.pixels, failOn, pages: 1, sequentialRead: true })
  const { width, height } = await image.metadata()
  const { data, info } = await image
    .timeout({ seconds: limits.seconds })
    .resize(Math.min(width, COLUMNS), Math.min(height, MOST_ROWS), { fit: 'fill', kernel: 'nearest' })
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
  return { data, width: info.width, height: info.height, channels: info.channels }
}
