/** @file The EXIF of a file that is a TIFF itself, as a small TIFF of its own (EXIF 2.32, section 4.6). */
import type { Tiff } from './tiff.ts'
import { type TiffDirectory } from './tiff.ts'

const EXIF_POINTER = 0x8769
const GPS_POINTER = 0x8825

/** Bytes of one value, and entries of a directory, that are taken over: strips, maker notes and thumbnails are not. */
const LARGEST_VALUE = 4096
const MOST_ENTRIES = 200

/** The directories of one block; their byte order is the same. */
export interface ExifDirectories {
  readonly image: TiffDirectory
  readonly photo: TiffDirectory | undefined
  readonly gps: TiffDirectory | undefined
  readonly littleEndian: boolean
}

/** The directories of a TIFF, by the pointers of its first. */
export function exifDirectories(tiff: Tiff): ExifDirectories | undefined {
  const image = tiff.directory(tiff.first)
  if (!image) return undefined
  const behind = (tag: number): TiffDirectory | undefined => tiff.directory(image.number(tag) ?? 0)
  return { image, photo: behind(EXIF_POINTER), gps: behind(GPS_POINTER), littleEndian: tiff.littleEndian }
}

/** Writes what describes the photo; at most some hundred kB, whatever the file claims. */
export function exifExcerpt({ image, photo, gps, littleEndian }: ExifDirectories): Buffer {
  const writer = new ExcerptWriter(littleEndian)
  const pointers: Value[] = []
  for (const [tag, directory] of [
    [EXIF_POINTER, photo],
    [GPS_POINTER, gps],
  ] as const)
    if (directory) pointers.push(writer.pointer(tag, writer.directory(valuesOf(directory))))
  const isPointer = ({ tag }: Value): boolean => tag === EXIF_POINTER || tag === GPS_POINTER
  const values = [...valuesOf(image).filter(value => !isPointer(value)), ...pointers]
  return writer.end(writer.directory(values.sort((a, b) => a.tag - b.tag)))
}

interface Value {
  readonly tag: number
  readonly type: number
  readonly count: number
  readonly content: Buffer
}

const valuesOf = (directory: TiffDirectory): Value[] => directory.values(LARGEST_VALUE).slice(0, MOST_ENTRIES)

class ExcerptWriter {
  readonly #littleEndian: boolean
  readonly #parts: Buffer[] = [Buffer.alloc(8)]
  #length = 8

  constructor(littleEndian: boolean) {
    this.#littleEndian = littleEndian
  }

  /** Returns where the directory stands. */
  directory(values: readonly Value[]): number {
    const placed = values.map(value => ({ ...value, at: this.#placed(value.content) }))
    const start = this.#length
    const table = Buffer.alloc(2 + 12 * values.length + 4)
    this.#uint16(table, 0, values.length)
    for (const [n, { tag, type, count, content, at }] of placed.entries()) {
      const entry = 2 + 12 * n
      this.#uint16(table, entry, tag)
      this.#uint16(table, entry + 2, type)
      this.#uint32(table, entry + 4, count)
      if (content.length <= 4) content.copy(table, entry + 8)
      else this.#uint32(table, entry + 8, at)
    }
    this.#append(table)
    return start
  }

  pointer(tag: number, to: number): Value {
    const content = Buffer.alloc(4)
    this.#uint32(content, 0, to)
    return { tag, type: 4, count: 1, content }
  }

  /** Returns the block. */
  end(first: number): Buffer {
    const head = this.#parts[0]!
    head.write(this.#littleEndian ? 'II*\0' : 'MM\0*', 'latin1')
    this.#uint32(head, 4, first)
    return Buffer.concat(this.#parts)
  }

  #placed(content: Buffer): number {
    const at = this.#length
    if (content.length > 4) this.#append(content)
    return at
  }

  #append(bytes: Buffer): void {
    // Directories stand at even places.
    const padded = bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(1)])
    this.#parts.push(padded)
    this.#length += padded.length
  }

  #uint16(bytes: Buffer, at: number, value: number): void {
    if (this.#littleEndian) bytes.writeUInt16LE(value, at)
    else bytes.writeUInt16BE(value, at)
  }

  #uint32(bytes: Buffer, at: number, value: number): void {
    if (this.#littleEndian) bytes.writeUInt32LE(value, at)
    else bytes.writeUInt32BE(value, at)
  }
}
