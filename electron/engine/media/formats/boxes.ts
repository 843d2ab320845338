/** @file Boxes of the ISO base media file format (ISO/IEC 14496-12, section 4.2): HEIC, AVIF, CR3 and JPEG XL. */

/** Boxes of one level that are read at most. */
const MOST_BOXES = 1000

/** A box in a file. */
export interface Box {
  /** Four characters. */
  readonly type: string
  /** Where its content starts, from the start of the file. */
  readonly start: number
  /** Where it ends, as its header says: beyond the file where that is cut off. */
  readonly end: number
}

/** The boxes from one place up to another. A box whose size cannot be ends the list. */
export function boxesOf(bytes: Buffer, from = 0, to = bytes.length): Box[] {
  const boxes: Box[] = []
  const limit = Math.min(to, bytes.length)
  for (let at = from; at + 8 <= limit && boxes.length < MOST_BOXES;) {
    const short = bytes.readUInt32BE(at)
    const isLong = short === 1
    if (isLong && at + 16 > limit) break
    const head = isLong ? 16 : 8
    const size = isLong ? Number(bytes.readBigUInt64BE(at + 8)) : short === 0 ? to - at : short
    if (size < head) break
    boxes.push({ type: bytes.toString('latin1', at + 4, at + 8), start: at + head, end: at + size })
    at += size
  }
  return boxes
}

/** The brands of a file: its own first, then those that it is compatible with; none for other files. */
export function brandsOf(bytes: Buffer): string[] {
  if (bytes.length < 16 || bytes.toString('latin1', 4, 8) !== 'ftyp') return []
  const end = Math.min(bytes.readUInt32BE(0), bytes.length, 256)
  const brands = [bytes.toString('latin1', 8, 12)]
  for (let at = 16; at + 4 <= end; at += 4) brands.push(bytes.toString('latin1', at, at + 4))
  return brands
}
