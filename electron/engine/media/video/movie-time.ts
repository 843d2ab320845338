import type { ReadAt } from './read-at.ts'

/** Seconds from 1904, where QuickTime's clock begins, to 1970. */
const FROM_1904 = 2_082_844_800
/** Boxes of a level that are looked at, at most. */
const MOST_BOXES = 1000

/**
 * Returns the time at which an MP4 or QuickTime file says that it was made (`mvhd`, ISO/IEC 14496-12, section 8.2.2).
 * @returns milliseconds since 1970, UTC; null where it does not say
 */
export function movieTime(read: ReadAt, size: number): number | null {
  const movie = findBox(read, 'moov', 0, size)
  const header = movie && findBox(read, 'mvhd', movie.start, movie.end)
  if (!header) return null
  const bytes = read(header.start, 12)
  if (bytes.length < 12) return null
  const seconds = bytes[0] === 1 ? Number(bytes.readBigUInt64BE(4)) : bytes.readUInt32BE(4)
  // A camera whose clock was never set writes 0.
  return seconds > FROM_1904 ? (seconds - FROM_1904) * 1000 : null
}

interface Span {
  readonly start: number
  readonly end: number
}

/** The first box of a type, read from the file by its boxes' sizes: films are too large to be in memory. */
function findBox(read: ReadAt, type: string, from: number, to: number): Span | undefined {
  for (let at = from, n = 0; at + 8 <= to && n < MOST_BOXES; n++) {
    const head = read(at, 16)
    if (head.length < 8) return undefined
    const short = head.readUInt32BE(0)
    if (short === 1 && head.length < 16) return undefined
    const size = short === 1 ? Number(head.readBigUInt64BE(8)) : short === 0 ? to - at : short
    const content = short === 1 ? 16 : 8
    if (size < content) return undefined
    if (head.toString('latin1', 4, 8) === type) return { start: at + content, end: Math.min(to, at + size) }
    at += size
  }
  return undefined
}
