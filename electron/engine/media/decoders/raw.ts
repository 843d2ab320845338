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
  const metadata = {
    ...opened.metadata,
    format: raw.format,
    exif: raw.exif ?? frame.exif,
    xmp: raw.xmp ?? opened.metadata.xmp,
    iptc: raw.iptc ?? opened.metadata.iptc,
  }
  return { ...opened, metadata, isPlainJpeg: false }
}

interface Preview {
  readonly jpeg: Buffer
  readonly frame: JpegFrame
}

function largestJpeg(bytes: Buffer, spans: readonly Span[]): Preview | undefined {
  const pixels = ({ frame }: Preview): number => frame.width * frame.height
  return spans
    .flatMap(({ offset, length }) => {
      const jpeg = bytes.subarray(Math.min(offset, bytes.length), offset + length)
      const frame = readJpegFrame(jpeg)
      return frame && !frame.isLossless ? [{ jpeg, frame }] : []
    })
    .reduce<Preview | undefined>(
      (best, next) => (best && pixels(best) >= pixels(next) ? best : next),
      undefined,
    )
}

/** Fujifilm: a header of fixed form that names the place of a JPEG, whose EXIF is that of the photo. */
function readRaf(bytes: Buffer): RawFile | undefined {
  if (bytes.length < 92) return undefined
  const preview = { offset: bytes.readUInt32BE(84), length: bytes.readUInt32BE(88) }
  return { format: 'RAF', orientation: undefined, previews: [preview], exif: undefined }
}
