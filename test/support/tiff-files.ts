/** @file Writes TIFF structures: for RAW files, EXIF blocks and odd TIFFs. */

/** The value of an entry, or what it points to. */
export type TiffValue =
  | { readonly ascii: string }
  | { readonly bytes: Buffer }
  | { readonly short: readonly number[] }
  | { readonly long: readonly number[] }
  | { readonly rational: readonly (readonly [number, number])[] }
  /** Where the data stand. */
  | { readonly placeOf: Buffer }
  | { readonly directories: readonly TiffEntries[] }

/** Values by tag. */
export type TiffEntries = Readonly<Record<number, TiffValue>>

export interface TiffOptions {
  readonly bigEndian?: boolean
  /** The first four bytes, where they are others than those of a TIFF. */
  readonly magic?: string
  /** Bytes between the head and the first directory. */
  readonly afterHead?: Buffer
}

/** A TIFF with its directories in a chain. */
export function tiffBytes(chain: readonly TiffEntries[], options: TiffOptions = {}): Buffer {
  const { bigEndian = false, afterHead = Buffer.alloc(0) } = options
  const writer = new TiffWriter(bigEndian)
  writer.append(Buffer.from(options.magic ?? (bigEndian ? 'MM\0*' : 'II*\0'), 'latin1'))
  writer.append(Buffer.alloc(4))
  writer.append(afterHead)
  let next = 0
  for (const entries of chain.toReversed()) next = writer.directory(entries, next)
  return writer.end(next)
}

class TiffWriter {
  readonly #bigEndian: boolean
  readonly #parts: Buffer[] = []
  #length = 0

  constructor(bigEndian: boolean) {
    this.#bigEndian = bigEndian
  }

  /** Returns where it stands. */
  append(bytes: Buffer): number {
    const at = this.#length
    const padded = bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(1)])
    this.#parts.push(padded)
    this.#length += padded.length
    return at
  }

  directory(entries: TiffEntries, next = 0): number {
    const rows = Object.entries(entries).map(([tag, value]) => {
      const { type, count, content } = this.#encoded(value)
      const inline = Buffer.alloc(4)
      if (content.length <= 4) content.copy(inline)
      else this.#uint32(inline, 0, this.append(content))
      const row = Buffer.alloc(12)
      this.#uint16(row, 0, Number(tag))
      this.#uint16(row, 2, type)
      this.#uint32(row, 4, count)
      inline.copy(row, 8)
      return row
    })
    const [count, last] = [Buffer.alloc(2), Buffer.alloc(4)]
    this.#uint16(count, 0, rows.length)
    this.#uint32(last, 0, next)
    return this.append(Buffer.concat([count, ...rows, last]))
  }

  end(first: number): Buffer {
    const bytes = Buffer.concat(this.#parts)
    this.#uint32(bytes, 4, first)
    return bytes
  }

  #encoded(value: TiffValue): { type: number; count: number; content: Buffer } {
    if ('ascii' in value) {
      const content = Buffer.from(`${value.ascii}\0`, 'latin1')
      return { type: 2, count: content.length, content }
    }
    if ('bytes' in value) return { type: 7, count: value.bytes.length, content: value.bytes }
    if ('short' in value) {
      const content = Buffer.alloc(2 * value.short.length)
      for (const [n, number] of value.short.entries()) this.#uint16(content, 2 * n, number)
      return { type: 3, count: value.short.length, content }
    }
    if ('rational' in value) {
      const content = this.#longs(value.rational.flat())
      return { type: 5, count: value.rational.length, content }
    }
    const longs =
      'long' in value
        ? value.long
        : 'placeOf' in value
          ? [this.append(value.placeOf)]
          : value.directories.map(entries => this.directory(entries))
    return { type: 4, count: longs.length, content: this.#longs(longs) }
  }

  #longs(numbers: readonly number[]): Buffer {
    const content = Buffer.alloc(4 * numbers.length)
    for (const [n, number] of numbers.entries()) this.#uint32(content, 4 * n, number)
    return content
  }

  #uint16(bytes: Buffer, at: number, value: number): void {
    if (this.#bigEndian) bytes.writeUInt16BE(value, at)
    else bytes.writeUInt16LE(value, at)
  }

  #uint32(bytes: Buffer, at: number, value: number): void {
    if (this.#bigEndian) bytes.writeUInt32BE(value, at)
    else bytes.writeUInt32LE(value, at)
  }
}
