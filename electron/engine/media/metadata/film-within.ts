/** @file The film that a motion photo of a phone carries within its file. */
import type { ByteSpan } from '../../library/rows.ts'
import { boxesOf, brandsOf } from '../formats/boxes.ts'
import { samsungBlocks } from '../formats/samsung-trailer.ts'
import { directoryField, type Xmp } from './xmp.ts'

/** Items of a directory that are looked at. */
const MOST_ITEMS = 100
/** The first box of a film, with its size and a brand. */
const SMALLEST = 16

/**
 * Finds the film; undefined where there is none. What a file says counts only where a film starts (ISO/IEC 14496-12, section
 * 4.3): programs that edit a photo often drop the film and keep the words about it.
 * @param file the whole file
 */
export function filmWithin(file: Buffer, xmp: readonly Xmp[]): ByteSpan | undefined {
  const isJpeg = file.length > 3 && file.readUIntBE(0, 3) === 0xffd8ff
  if (!isJpeg && brandsOf(file).length === 0) return undefined
  const said = [
    ...(isJpeg ? [] : motionBoxes(file)),
    ...samsungFilms(file),
    ...xmp.flatMap(packet => [...listedFilm(packet, file.length), ...microVideo(packet, file.length)]),
  ]
  return said.find(span => startsFilm(file, span))
}

/** Whether a film is at this place: behind the start, where a HEIC has such a box of its own, and not cut off. */
const startsFilm = (file: Buffer, { start, length }: ByteSpan): boolean =>
  Number.isSafeInteger(start) &&
  Number.isSafeInteger(length) &&
  start > 0 &&
  length >= SMALLEST &&
  start + length <= file.length &&
  isFilmHead(file.subarray(start, start + SMALLEST))

/** Whether these are the first bytes of a film. */
export const isFilmHead = (bytes: Buffer): boolean => bytes.toString('latin1', 4, 8) === 'ftyp'

/** In HEIC and AVIF it is a box of its own (Motion Photo format 1.0, "ISOBMFF image specific behavior"). */
const motionBoxes = (file: Buffer): ByteSpan[] =>
  boxesOf(file)
    .filter(({ type }) => type === 'mpvd')
    .map(({ start, end }) => ({ start, length: end - start }))

function samsungFilms(file: Buffer): ByteSpan[] {
  const blocks = samsungBlocks(file).filter(({ name }) => name.startsWith('MotionPhoto_Data'))
  return blocks.map(({ start, length }) => {
    // It may hold the film's place in the file instead: `mpv2`, offset, size.
    const isPlace = length === 12 && file.toString('latin1', start, start + 4) === 'mpv2'
    return isPlace
      ? { start: file.readUInt32BE(start + 4), length: file.readUInt32BE(start + 8) }
      : { start, length }
  })
}

/**
 * The items of the directory follow the picture up to the file's end, one after the other (Motion Photo format 1.0,
 * https://developer.android.com/media/platform/motion-photo-format). Counted from the end, the padding that may follow
 * the picture plays no part.
 */
function listedFilm(xmp: Xmp, size: number): ByteSpan[] {
  const lengths: number[] = []
  for (let n = 1; n <= MOST_ITEMS; n++) {
    const field = (name: string): string | undefined => xmp.get(directoryField(n, name))?.[0]
    const semantic = field('Item:Semantic')
    if (semantic === undefined) break
    const length = Number(field('Item:Length') ?? 0)
    if (semantic === 'MotionPhoto') lengths.splice(0, lengths.length, length)
    else if (lengths.length > 0) lengths.push(length)
  }
  const [length] = lengths
  return length === undefined ? [] : [{ start: size - lengths.reduce((sum, one) => sum + one, 0), length }]
}

/** Of the format before that: how far before the end of the file it starts. */
function microVideo(xmp: Xmp, size: number): ByteSpan[] {
  const offset = Number(xmp.get('GCamera:MicroVideoOffset')?.[0] ?? NaN)
  return [{ start: size - offset, length: offset }]
}
