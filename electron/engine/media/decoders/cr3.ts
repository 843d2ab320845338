/**
 * @file Canon's CR3: boxes with JPEGs, and EXIF in TIFF structures of their own. Source: "Describing the Canon Raw v3 file
 * format" (lclevy/canon_cr3).
 */
import { boxesOf, type Box } from '../formats/boxes.ts'
import { exifExcerpt } from '../formats/exif-excerpt.ts'
import { Tiff, type Span, type TiffDirectory } from '../formats/tiff.ts'

const ORIENTATION = 0x0112

/** A file as its boxes describe it. */
export interface Cr3 {
  readonly orientation: number | undefined
  readonly previews: readonly Span[]
  /** Where the last box ends, as its header says. */
  readonly end: number
  /** A TIFF structure; absent where it cannot be put together. */
  readonly exif: Buffer | undefined
}

export function readCr3(bytes: Buffer): Cr3 {
  const top = boxesOf(bytes)
  const moov = inside(bytes, top, 'moov')
  const canon = moov
    .filter(box => box.type === 'uuid')
    .flatMap(box => boxesOf(bytes, box.start + 16, box.end))
  const tables = new Map(
    canon
      .filter(({ type }) => type.startsWith('CMT'))
      .map(({ type, start, end }) => [type, bytes.subarray(start, end)]),
  )
  const main = tables.get('CMT1')
  const tiff = main && Tiff.at(main, 0)
  return {
    orientation: tiff?.directory(tiff.first)?.number(ORIENTATION),
    previews: [
      ...top.flatMap(box => previewBox(bytes, box)),
      ...moov.flatMap(box => trackSample(bytes, box)),
    ],
    end: top.at(-1)?.end ?? 0,
    exif: exifOf(tables),
  }
}

const inside = (bytes: Buffer, boxes: readonly Box[], type: string): Box[] =>
  boxes.filter(box => box.type === type).flatMap(({ start, end }) => boxesOf(bytes, start, end))

/** The preview of 1620 pixels stands in a box beside the film. */
function previewBox(bytes: Buffer, { type, start, end }: Box): Span[] {
  if (type !== 'uuid') return []
  return boxesOf(bytes, start + 16 + 8, end).flatMap(box =>
    box.type === 'PRVW' && box.start + 16 <= bytes.length
      ? [{ offset: box.start + 16, length: bytes.readUInt32BE(box.start + 12) }]
      : [],
  )
}

/** The first sample of a track: of one of them, it is a JPEG of full size. */
function trackSample(bytes: Buffer, { type, start, end }: Box): Span[] {
  if (type !== 'trak') return []
  const media = inside(bytes, boxesOf(bytes, start, end), 'mdia')
  const table = inside(bytes, inside(bytes, media, 'minf'), 'stbl')
  const place = table.find(box => box.type === 'co64' || box.type === 'stco')
  const sizes = table.find(box => box.type === 'stsz')
  if (!place || !sizes || place.start + 16 > bytes.length || sizes.start + 16 > bytes.length) return []
  const offset =
    place.type === 'co64'
      ? Number(bytes.readBigUInt64BE(place.start + 8))
      : bytes.readUInt32BE(place.start + 8)
  const length = bytes.readUInt32BE(sizes.start + 4) || bytes.readUInt32BE(sizes.start + 12)
  return Number.isSafeInteger(offset) ? [{ offset, length }] : []
}

/** Each table is a TIFF whose first directory is one of EXIF's. */
function exifOf(tables: ReadonlyMap<string, Buffer>): Buffer | undefined {
  const [image, photo, gps] = ['CMT1', 'CMT2', 'CMT4'].map(name => {
    const table = tables.get(name)
    return table && Tiff.at(table, 0)
  })
  const first = image?.directory(image.first)
  if (!image || !first) return undefined
  const sameOrder = (tiff: Tiff | undefined): TiffDirectory | undefined =>
    tiff?.littleEndian === image.littleEndian ? tiff.directory(tiff.first) : undefined
  return exifExcerpt({
    image: first,
    photo: sameOrder(photo),
    gps: sameOrder(gps),
    littleEndian: image.littleEndian,
  })
}
