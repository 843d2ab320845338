/** @file RAW files of cameras: what is shown of one is the largest JPEG in it. */
import { KindredError } from '../../../shared/errors.ts'
import { brandsOf } from '../formats/boxes.ts'
import { asOrientation, readJpegFrame, withOrientation, type JpegFrame } from '../formats/jpeg-frame.ts'
import type { Span } from '../formats/tiff.ts'
import { readCr3 } from './cr3.ts'
import { openWithLibvips } from './libvips.ts'
import type { OpenedImage } from './opened-image.ts'
import { readRawTiff } from './raw-tiff.ts'

/** A RAW file as its structure describes it. */
export interface RawFile {
  /** Such as `NEF`. */
  readonly format: string
  /** Absent where the file says none: that of its JPEG holds then. */
  readonly orientation: number | undefined
  /** Where a JPEG may stand, from the start of the file. */
  readonly previews: readonly Span[]
  /** Where the last part ends that the file names; it is cut off where that lies behind its end. */
  readonly end?: number
  /** A TIFF structure; absent where only the JPEG has one. */
  readonly exif: Buffer | undefined
  readonly xmp?: Buffer | undefined
  readonly iptc?: Buffer | undefined
}

/** Returns undefined for what is no RAW file. */
export function readRaw(bytes: Buffer): RawFile | undefined {
  if (bytes.toString('latin1', 0, 8) === 'FUJIFILM') return readRaf(bytes)
  if (brandsOf(bytes)[0] === 'crx ') return { format: 'CR3', ...readCr3(bytes) }
  return readRawTiff(bytes)
}

/**
 * Opens a RAW file by its largest JPEG, upright as the RAW file says.
 * @throws KindredError `unsupported-format` where there is none, and what is wrong with it
 */
export async function openRaw(bytes: Buffer, raw: RawFile): Promise<OpenedImage> {
  const preview = largestJpeg(bytes, raw.previews)
  if (!preview)
    throw new KindredError(
      'unsupported-format',
      `This ${raw.format} file holds no JPEG, only the values of the sensor, which Kindred cannot develop.`,
    )
  const { jpeg, frame } = preview
  const orientation = asOrientation(raw.orientation) ?? frame.orientation
  const opened = await openWithLibvips(
    orientation === frame.orientation ? jpeg : withOrientation(jpeg, orientation),
  )
  const asRaw = (picture: OpenedImage): OpenedImage => ({
    ...picture,
    metadata: {
      ...picture.metadata,
      format: raw.format,
      exif: raw.exif ?? frame.exif,
      xmp: raw.xmp ?? picture.metadata.xmp,
      iptc: raw.iptc ?? picture.metadata.iptc,
    },
    isPlainJpeg: false,
  })
  const { remains } = opened
  return {
    ...asRaw(opened),
    // What lies behind the pictures are the values of the sensor.
    ...(lacksEnd(bytes, raw) && { damage: { kind: 'end-missing', share: 0 } as const }),
    remains: remains && { ...remains, open: async hasFailed => asRaw(await remains.open(hasFailed)) },
  }
}

const lacksEnd = ({ length }: Buffer, { end = 0 }: RawFile): boolean => end > length

interface Preview {
  readonly jpeg: Buffer
  readonly frame: JpegFrame
  /** Whether all of it is in the file. */
  readonly isWhole: boolean
}

/** The largest of those that are whole, or else of the others. */
function largestJpeg(bytes: Buffer, spans: readonly Span[]): Preview | undefined {
  const pixels = ({ frame }: Preview): number => frame.width * frame.height
  const isBetter = (a: Preview, b: Preview): boolean =>
    a.isWhole === b.isWhole ? pixels(a) > pixels(b) : a.isWhole
  return spans
    .flatMap(({ offset, length }) => {
      const jpeg = bytes.subarray(Math.min(offset, bytes.length), offset + length)
      const frame = readJpegFrame(jpeg)
      return frame && !frame.isLossless ? [{ jpeg, frame, isWhole: offset + length <= bytes.length }] : []
    })
    .reduce<Preview | undefined>((best, next) => (best && !isBetter(next, best) ? best : next), undefined)
}

/** Fujifilm: a header of fixed form that names the place of a JPEG, whose EXIF is that of the photo. */
function readRaf(bytes: Buffer): RawFile | undefined {
  if (bytes.length < 92) return undefined
  const preview = { offset: bytes.readUInt32BE(84), length: bytes.readUInt32BE(88) }
  // The pictures and the values of the sensor.
  const ends =
    bytes.length < 108 ? [] : [84, 100].map(at => bytes.readUInt32BE(at) + bytes.readUInt32BE(at + 4))
  return {
    format: 'RAF',
    orientation: undefined,
    previews: [preview],
    end: Math.max(0, ...ends),
    exif: undefined,
  }
}
