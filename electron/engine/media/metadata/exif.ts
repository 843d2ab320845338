/** @file EXIF: the values of three directories of a TIFF structure (EXIF 2.32, section 4.6), as they are stored. */
import { Tiff } from '../formats/tiff.ts'
import { readText } from './text.ts'

/** Bytes of one value that are read at most. */
const VALUE_BYTES = 1 << 20
/** Bytes of one element by the number of its type; the types are those of TIFF 6.0. */
const SIZES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4]

/** Directories that another one points to. */
const EXIF_DIRECTORY = 0x8769
const GPS_DIRECTORY = 0x8825

export interface ExifValue {
  readonly type: number
  readonly count: number
  readonly bytes: Buffer
  readonly littleEndian: boolean
}

type Directory = ReadonlyMap<number, ExifValue>

/** The directories of one block; an absent one is empty. */
export interface ExifBlock {
  /** IFD0: the picture. */
  readonly image: Directory
  /** The EXIF directory: how it was taken. */
  readonly photo: Directory
  readonly gps: Directory
}

const nothing: Directory = new Map()

/**
 * Reads a block, with or without the `Exif\0\0` before it; a TIFF file is one as well.
 * @returns undefined where it is none; what is damaged in it is left out
 */
export function readExif(bytes: Buffer): ExifBlock | undefined {
  const marked = bytes.subarray(0, EXIF_MARK.length).equals(EXIF_MARK)
  const tiff = Tiff.at(bytes, marked ? EXIF_MARK.length : 0)
  if (!tiff) return undefined
  const image = readDirectory(tiff, tiff.first)
  const below = (tag: number): Directory => {
    const pointer = image.get(tag)
    const [start = tiff.first] = pointer ? numbersOf(pointer) : []
    return start === tiff.first ? nothing : readDirectory(tiff, start)
  }
  return { image, photo: below(EXIF_DIRECTORY), gps: below(GPS_DIRECTORY) }
}

const EXIF_MARK = Buffer.from('Exif\0\0', 'latin1')

function readDirectory(tiff: Tiff, at: number): Directory {
  const { littleEndian } = tiff
  const entries = tiff.directory(at)?.values(VALUE_BYTES) ?? []
  return new Map(
    entries.map(({ tag, type, count, content }) => [tag, { type, count, bytes: content, littleEndian }]),
  )
}

/** The value as text, whatever its type: up to the first NUL, without spaces around it; undefined where that is empty. */
export function textOf(value: ExifValue | undefined): string | undefined {
  if (!value || ![1, 2, 6, 7].includes(value.type)) return undefined
  const end = value.bytes.indexOf(0)
  return readText(end < 0 ? value.bytes : value.bytes.subarray(0, end))
}

/** The numbers of a value; a fraction with a denominator of zero is NaN. Empty for text. */
export function numbersOf(value: ExifValue | undefined, most = 8): number[] {
  if (!value) return []
  const size = SIZES[value.type]!
  const count = Math.min(value.count, most, Math.floor(value.bytes.length / size))
  return Array.from({ length: count }, (_, n) => numberAt(value, n * size))
}

function numberAt({ type, bytes, littleEndian: little }: ExifValue, at: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  switch (type) {
    case 1:
    case 7:
      return view.getUint8(at)
    case 3:
      return view.getUint16(at, little)
    case 4:
    case 13:
      return view.getUint32(at, little)
    case 5:
      return fraction(view.getUint32(at, little), view.getUint32(at + 4, little))
    case 6:
      return view.getInt8(at)
    case 8:
      return view.getInt16(at, little)
    case 9:
      return view.getInt32(at, little)
    case 10:
      return fraction(view.getInt32(at, little), view.getInt32(at + 4, little))
    case 11:
      return view.getFloat32(at, little)
    case 12:
      return view.getFloat64(at, little)
    default:
      return NaN
  }
}

const fraction = (numerator: number, denominator: number): number =>
  denominator === 0 ? NaN : numerator / denominator
