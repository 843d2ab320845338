/** @file RAW files that are built like a TIFF (NEF, DNG, ARW, PEF, CR2, SRW, IIQ, ORF, RW2): what they are, and their previews. */
import { exifDirectories, exifExcerpt } from '../formats/exif-excerpt.ts'
import { asOrientation } from '../formats/jpeg-frame.ts'
import { Tiff, type Span, type TiffDirectory } from '../formats/tiff.ts'
import { makerNotePreviews, pairOf } from './maker-notes.ts'

/** Directories of one file that are read at most. */
const MOST_DIRECTORIES = 64

const tags = {
  subfileType: 0x00fe,
  compression: 0x0103,
  photometric: 0x0106,
  make: 0x010f,
  stripOffsets: 0x0111,
  orientation: 0x0112,
  stripLengths: 0x0117,
  subDirectories: 0x014a,
  jpegStart: 0x0201,
  jpegLength: 0x0202,
  panasonicPreview: 0x002e,
  exif: 0x8769,
  makerNote: 0x927c,
  xmp: 0x02bc,
  iptc: 0x83bb,
  dngVersion: 0xc612,
} as const

/** Photometric interpretations of a sensor: colour filter array, and linear raw (DNG 1.7, section 4). */
const SENSOR = new Set([32_803, 34_892])

/** Formats by the maker's name, as the makers call their files. */
const byMaker: readonly (readonly [maker: string, format: string])[] = [
  ['NIKON', 'NEF'],
  ['SONY', 'ARW'],
  ['PENTAX', 'PEF'],
  ['RICOH', 'PEF'],
  ['SAMSUNG', 'SRW'],
  ['PHASE ONE', 'IIQ'],
  ['LEAF', 'IIQ'],
  ['CANON', 'CR2'],
  ['OLYMPUS', 'ORF'],
  ['OM DIGITAL', 'ORF'],
  ['PANASONIC', 'RW2'],
  ['LEICA', 'RWL'],
  ['HASSELBLAD', '3FR'],
  ['EPSON', 'ERF'],
  ['KODAK', 'DCR'],
  ['MAMIYA', 'MEF'],
]

/** A RAW file as its directories describe it. */
export interface RawTiff {
  readonly format: string
  readonly orientation: number | undefined
  /** Where a preview may stand, from the start of the file. */
  readonly previews: readonly Span[]
  /** Where the last strip ends, of a picture or of the sensor's values, that begins in the file. */
  readonly end: number
  /** TIFF structure. */
  readonly exif: Buffer | undefined
  readonly xmp: Buffer | undefined
  readonly iptc: Buffer | undefined
}

/** Returns undefined for a TIFF that is no RAW file, and for what is no TIFF. */
export function readRawTiff(bytes: Buffer): RawTiff | undefined {
  const tiff = Tiff.at(bytes, 0)
  const first = tiff?.directory(tiff.first)
  if (!tiff || !first) return undefined
  const found = walk(tiff, first)
  const previews = found.flatMap(directory => previewsOf(bytes, tiff, directory))
  const format = byMagic(bytes) ?? bySensor(first, found) ?? byReducedPicture(first, previews)
  if (format === undefined) return undefined
  const directories = exifDirectories(tiff)
  const block = (tag: number): Buffer | undefined => {
    const span = first.span(tag)
    return span && tiff.part(span)
  }
  return {
    format,
    orientation: asOrientation(first.number(tags.orientation)),
    previews,
    end: Math.max(0, ...found.map(directory => endOfStrips(directory, bytes.length))),
    exif: directories && exifExcerpt(directories),
    xmp: block(tags.xmp),
    iptc: block(tags.iptc),
  }
}

/** All directories that lead from the first: those behind it, below it, and its EXIF. */
function walk(tiff: Tiff, first: TiffDirectory): TiffDirectory[] {
  const seen = new Set([tiff.first])
  const found = [first]
  for (const directory of found) {
    const places = [
      directory.next,
      ...directory.numbers(tags.subDirectories),
      ...directory.numbers(tags.exif).slice(0, 1),
    ]
    for (const place of places) {
      if (seen.has(place) || seen.size >= MOST_DIRECTORIES) continue
      seen.add(place)
      const next = tiff.directory(place)
      if (next) found.push(next)
    }
  }
  return found
}

/** Some makers write places that mean nothing, such as Panasonic's 0xFFFFFFFF. */
function endOfStrips(directory: TiffDirectory, fileBytes: number): number {
  const lengths = directory.numbers(tags.stripLengths)
  return directory
    .numbers(tags.stripOffsets)
    .map((offset, n) => (offset < fileBytes ? offset + (lengths[n] ?? 0) : 0))
    .reduce((last, end) => Math.max(last, end), 0)
}

function previewsOf(bytes: Buffer, tiff: Tiff, directory: TiffDirectory): Span[] {
  const spans = pairOf(directory, tags.jpegStart, tags.jpegLength)
  const isJpeg = [6, 7].includes(directory.number(tags.compression) ?? 0)
  const isPicture = !SENSOR.has(directory.number(tags.photometric) ?? 0)
  // More than one strip would be more than one JPEG.
  if (isJpeg && isPicture && directory.numbers(tags.stripOffsets).length === 1)
    spans.push(...pairOf(directory, tags.stripOffsets, tags.stripLengths))
  const panasonic = directory.span(tags.panasonicPreview)
  if (panasonic && panasonic.length > 4) spans.push(panasonic)
  const note = directory.span(tags.makerNote)
  if (note) spans.push(...makerNotePreviews(bytes, tiff, note))
  return spans
}

function byMagic(bytes: Buffer): string | undefined {
  const head = bytes.toString('latin1', 0, 12)
  if (/^(IIR[OS]|MMOR)/.test(head)) return 'ORF'
  if (head.startsWith('IIU\0')) return 'RW2'
  if (head.slice(8, 10) === 'CR') return 'CR2'
  if (head.endsWith('IIII') || head.endsWith('MMMM')) return 'IIQ'
  return undefined
}

function bySensor(first: TiffDirectory, all: readonly TiffDirectory[]): string | undefined {
  if (first.has(tags.dngVersion)) return 'DNG'
  return all.some(directory => SENSOR.has(directory.number(tags.photometric) ?? 0))
    ? (nameByMaker(first) ?? 'RAW')
    : undefined
}

/** The first directory of a photograph holds it, that of some RAW files a small copy beside a larger JPEG. */
function byReducedPicture(first: TiffDirectory, previews: readonly Span[]): string | undefined {
  const isReduced = ((first.number(tags.subfileType) ?? 0) & 1) === 1
  return isReduced && previews.length > 0 ? nameByMaker(first) : undefined
}

function nameByMaker(first: TiffDirectory): string | undefined {
  const make = first.text(tags.make).toUpperCase()
  return byMaker.find(([maker]) => make.startsWith(maker))?.[1]
}
