/**
 * @file Reads directories of TIFF 6.0 (section 2) from untrusted bytes: RAW files and the EXIF blocks of photos have its
 * form.
 */

/** Entries of a directory, and numbers of an entry where nothing else is said, that are read at most. */
const MOST_ENTRIES = 1000
const MOST_NUMBERS = 4096

/** Bytes of one value by its type; 0 for a type that does not exist. 13 is a pointer to a directory. */
const bytesOf = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4] as const
const LONG_TYPES = new Set([4, 9, 13])
const SHORT_TYPES = new Set([3, 8])

/** A part of a file. */
export interface Span {
  readonly offset: number
  readonly length: number
}

interface Entry extends Span {
  readonly type: number
  readonly count: number
}

/** One directory: values by their tags. Whatever lies outside the bytes is absent. */
export class TiffDirectory {
  readonly #tiff: Tiff
  readonly #entries = new Map<number, Entry>()
  /** Where the next one stands, from the start of the TIFF; 0 where this is the last. */
  readonly next: number

  constructor(tiff: Tiff, at: number) {
    this.#tiff = tiff
    const count = Math.min(tiff.uint16(at) ?? 0, MOST_ENTRIES)
    for (let entry = at + 2; entry < at + 2 + count * 12; entry += 12) {
      const [tag, type, values] = [tiff.uint16(entry), tiff.uint16(entry + 2), tiff.uint32(entry + 4)]
      const size = bytesOf[type ?? 0] ?? 0
      if (tag === undefined || values === undefined || size === 0) continue
      const length = values * size
      const offset = length <= 4 ? entry + 8 : tiff.uint32(entry + 8)
      if (offset !== undefined) this.#entries.set(tag, { type: type!, count: values, offset, length })
    }
    this.next = tiff.uint32(at + 2 + count * 12) ?? 0
  }

  has(tag: number): boolean {
    return this.#entries.has(tag)
  }

  /** The whole numbers of an entry, so many at most; none where it is absent or of another type. */
  numbers(tag: number, most = MOST_NUMBERS): number[] {
    const entry = this.#entries.get(tag)
    if (!entry) return []
    const size = bytesOf[entry.type]!
    const numbers: number[] = []
    for (let n = 0; n < Math.min(entry.count, most); n++) {
      const at = entry.offset + n * size
      const value = LONG_TYPES.has(entry.type)
        ? this.#tiff.uint32(at)
        : SHORT_TYPES.has(entry.type)
          ? this.#tiff.uint16(at)
          : size === 1
            ? this.#tiff.uint8(at)
            : undefined
      if (value === undefined) break
      numbers.push(value)
    }
    return numbers
  }

  number(tag: number): number | undefined {
    return this.numbers(tag)[0]
  }

  /** Text up to its first NUL; '' where there is none. */
  text(tag: number): string {
    const entry = this.#entries.get(tag)
    const bytes = entry && this.#tiff.part({ ...entry, length: Math.min(entry.length, 256) })
    return bytes ? bytes.toString('latin1').replace(/\0.*$/s, '').trim() : ''
  }

  /** The values of all entries, undecoded: those that lie within the file and have at most `largest` bytes. */
  values(largest: number): { tag: number; type: number; count: number; content: Buffer }[] {
    return [...this.#entries].flatMap(([tag, { type, count, offset, length }]) => {
      const content = length <= largest ? this.#tiff.part({ offset, length }) : undefined
      return content?.length === length ? [{ tag, type, count, content }] : []
    })
  }

  /** Where the bytes of an entry stand, from the start of the TIFF. */
  span(tag: number): Span | undefined {
    const entry = this.#entries.get(tag)
    return entry && { offset: entry.offset, length: entry.length }
  }
}

/** A TIFF structure within other bytes; all offsets count from its own start. */
export class Tiff {
  /** Where it starts in the bytes. */
  readonly start: number
  readonly littleEndian: boolean
  readonly #bytes: Buffer

  constructor(bytes: Buffer, start: number, littleEndian: boolean) {
    this.#bytes = bytes
    this.start = start
    this.littleEndian = littleEndian
  }

  /** Opens one by its byte order; its version is not looked at: RAW formats have others than 42. */
  static at(bytes: Buffer, start: number): Tiff | undefined {
    const order = bytes.toString('latin1', start, start + 2)
    return order === 'II' || order === 'MM' ? new Tiff(bytes, start, order === 'II') : undefined
  }

  /** Where the first directory stands. */
  get first(): number {
    return this.uint32(4) ?? 0
  }

  /** Returns undefined where none can stand. */
  directory(at: number): TiffDirectory | undefined {
    return at > 0 && this.uint16(at) !== undefined ? new TiffDirectory(this, at) : undefined
  }

  uint8(at: number): number | undefined {
    return this.#holds(at, 1) ? this.#bytes[this.start + at] : undefined
  }

  uint16(at: number): number | undefined {
    if (!this.#holds(at, 2)) return undefined
    const place = this.start + at
    return this.littleEndian ? this.#bytes.readUInt16LE(place) : this.#bytes.readUInt16BE(place)
  }

  uint32(at: number): number | undefined {
    if (!this.#holds(at, 4)) return undefined
    const place = this.start + at
    return this.littleEndian ? this.#bytes.readUInt32LE(place) : this.#bytes.readUInt32BE(place)
  }

  /** The bytes of a part, as far as they are there. */
  part({ offset, length }: Span): Buffer | undefined {
    if (!this.#holds(offset, 0)) return undefined
    const from = this.start + offset
    return this.#bytes.subarray(from, from + length)
  }

  #holds(at: number, length: number): boolean {
    return at >= 0 && this.start + at + length <= this.#bytes.length
  }
}
