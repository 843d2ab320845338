/** @file The header of a JPEG (ITU-T T.81, annex B), as far as its frame. */
import { Tiff } from './tiff.ts'

/** Segments before the frame that are read at most. */
const MOST_SEGMENTS = 300

const EXIF = Buffer.from('Exif\0\0', 'latin1')
const ORIENTATION = 0x0112

export interface JpegFrame {
  readonly width: number
  readonly height: number
  /** Lossless JPEG (process 14) holds raw values of a sensor, not a picture. */
  readonly isLossless: boolean
  /** Of its own EXIF block; 1 where it has none. */
  readonly orientation: number
  /** Its own EXIF block. */
  readonly exif: Buffer | undefined
}

/** Returns undefined for bytes that do not lead to a frame. */
export function readJpegFrame(bytes: Buffer): JpegFrame | undefined {
  let exif: Buffer | undefined
  for (const { marker, start, end } of jpegSegments(bytes)) {
    if (isExif(bytes, marker, start)) exif ??= bytes.subarray(start, end)
    if (!isFrame(marker) || start + 5 > bytes.length || end < start + 5) continue
    const [height, width] = [bytes.readUInt16BE(start + 1), bytes.readUInt16BE(start + 3)]
    const isLossless = (marker & 0x03) === 3
    if (width === 0 || height === 0) return undefined
    return { width, height, isLossless, orientation: exif ? exifOrientation(exif) : 1, exif }
  }
  return undefined
}

/** The same JPEG with another orientation; all else of its EXIF block is left out. */
export function withOrientation(jpeg: Buffer, orientation: number): Buffer {
  const kept: Buffer[] = [jpeg.subarray(0, 2), orientationSegment(orientation)]
  let from = 2
  for (const { marker, start, end } of jpegSegments(jpeg)) {
    if (!isExif(jpeg, marker, start)) continue
    kept.push(jpeg.subarray(from, start - 4))
    from = end
  }
  return Buffer.concat([...kept, jpeg.subarray(from)])
}

interface Segment {
  readonly marker: number
  /** Where its content starts, behind its length. */
  readonly start: number
  readonly end: number
}

/** The segments up to the first scan. */
export function* jpegSegments(bytes: Buffer): Generator<Segment> {
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0xffd8) return
  for (let at = 2, count = 0; at + 4 <= bytes.length && count < MOST_SEGMENTS; count++) {
    if (bytes[at] !== 0xff) return
    const marker = bytes[at + 1]!
    // Before another marker, the byte of a marker may stand any number of times.
    if (marker === 0xff) {
      while (bytes[at + 1] === 0xff) at++
      continue
    }
    if (marker === 0xda || marker === 0xd9) return
    const end = at + 2 + bytes.readUInt16BE(at + 2)
    yield { marker, start: at + 4, end }
    at = end
  }
}

const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc

const isExif = (bytes: Buffer, marker: number, start: number): boolean =>
  marker === 0xe1 && bytes.subarray(start, start + EXIF.length).equals(EXIF)

function exifOrientation(exif: Buffer): number {
  const tiff = Tiff.at(exif, EXIF.length)
  return asOrientation(tiff?.directory(tiff.first)?.number(ORIENTATION)) ?? 1
}

/** The value, where EXIF knows one such orientation. */
export const asOrientation = (value: number | undefined): number | undefined =>
  value !== undefined && value >= 1 && value <= 8 ? value : undefined

function orientationSegment(orientation: number): Buffer {
  const entry = Buffer.alloc(18)
  entry.writeUInt16BE(1, 0)
  entry.writeUInt16BE(ORIENTATION, 2)
  entry.writeUInt16BE(3, 4)
  entry.writeUInt32BE(1, 6)
  entry.writeUInt16BE(orientation, 10)
  const content = Buffer.concat([EXIF, Buffer.from('MM\0*\0\0\0\x08', 'latin1'), entry])
  const head = Buffer.of(0xff, 0xe1, 0, content.length + 2)
  return Buffer.concat([head, content])
}
