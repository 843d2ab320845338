/**
 * @file Previews that cameras keep in the maker notes of their RAW files. Each maker counts offsets from a place of its
 * own. Sources: the tables of ExifTool (Nikon.pm, Olympus.pm, Pentax.pm, Sony.pm).
 */
import { Tiff, type Span, type TiffDirectory } from '../formats/tiff.ts'

/**
 * Returns where a preview may stand, from the start of the TIFF that holds the note.
 * @param bytes the file
 * @param tiff the structure that the note belongs to
 * @param note the content of its maker note
 */
export function makerNotePreviews(bytes: Buffer, tiff: Tiff, note: Span): Span[] {
  const start = tiff.part({ offset: note.offset, length: 16 })?.toString('latin1') ?? ''
  for (const [names, read] of makers)
    if (names.some(name => start.startsWith(name))) return read(bytes, tiff, note, start)
  return []
}

type ReadNote = (bytes: Buffer, tiff: Tiff, note: Span, start: string) => Span[]

/** A structure of its own starts within the note. */
const nikon: ReadNote = (bytes, tiff, note) => {
  const inner = Tiff.at(bytes, tiff.start + note.offset + 10)
  const preview = directoryBehind(inner, inner?.directory(inner.first), 0x0011)
  return shifted(pairOf(preview, 0x0201, 0x0202), note.offset + 10)
}

/** Offsets count from the start of the note. */
const olympus: ReadNote = (bytes, tiff, note, start) => {
  const [order, first] = start.startsWith('OM SYSTEM') ? [12, 16] : [8, 12]
  const littleEndian = start.slice(order, order + 2) === 'II'
  const inner = new Tiff(bytes, tiff.start + note.offset, littleEndian)
  const settings = directoryBehind(inner, inner.directory(first), 0x2020)
  return shifted(pairOf(settings, 0x0101, 0x0102), note.offset)
}

/** "AOC" counts from the start of the file, its followers from that of the note. */
const pentax: ReadNote = (bytes, tiff, note, start) => {
  const isOld = start.startsWith('AOC')
  const [order, first] = isOld ? [4, 6] : start.startsWith('PENTAX') ? [8, 10] : [8, 8]
  const named = start.slice(order, order + 2)
  const littleEndian = named === 'II' || (named !== 'MM' && tiff.littleEndian)
  const inner = new Tiff(bytes, tiff.start + note.offset, littleEndian)
  return shifted(pairOf(inner.directory(first), 0x0004, 0x0003), isOld ? 0 : note.offset)
}

/** The preview is the content of one entry. */
const sony: ReadNote = (_, tiff, note) => {
  const preview = tiff.directory(note.offset + 12)?.span(0x2001)
  return preview && preview.length > 4 ? [preview] : []
}

const makers: readonly (readonly [names: readonly string[], read: ReadNote])[] = [
  [['Nikon\0'], nikon],
  [['OLYMPUS\0', 'OM SYSTEM\0'], olympus],
  [['AOC\0', 'PENTAX \0', 'RICOH\0'], pentax],
  [['SONY', 'VHAB'], sony],
]

function directoryBehind(
  tiff: Tiff | undefined,
  directory: TiffDirectory | undefined,
  tag: number,
): TiffDirectory | undefined {
  const entry = directory?.span(tag)
  // A pointer is a number of four bytes; type 7 keeps the directory itself as its content.
  const at = entry && entry.length > 4 ? entry.offset : directory?.number(tag)
  return at === undefined ? undefined : tiff?.directory(at)
}

/** A preview by the entries for its start and its length. */
export function pairOf(directory: TiffDirectory | undefined, start: number, length: number): Span[] {
  const [offset, bytes] = [directory?.number(start), directory?.number(length)]
  return offset && bytes ? [{ offset, length: bytes }] : []
}

const shifted = (spans: readonly Span[], by: number): Span[] =>
  spans.map(({ offset, length }) => ({ offset: offset + by, length }))
