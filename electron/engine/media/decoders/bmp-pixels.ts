import { KindredError } from '../../../shared/errors.ts'
import { bmpRows, bmpStride, type BmpHeader } from '../formats/bmp-header.ts'
import type { RasterRows } from './copy-shrunk.ts'

/**
 * Decodes the pixels of a BMP into RGBA. What run lengths leave out is clear, as their documentation says; rows that are
 * missing are grey.
 * @throws KindredError `truncated-image` where run lengths end too early
 */
export function decodeBmp(bytes: Buffer, header: BmpHeader): RasterRows {
  const { width, height, bitsAPixel, compression, isTopDown } = header
  const rows = new Uint8Array(width * height * 4)
  const write = bitsAPixel <= 8 ? paletteWriter(bytes, header, rows) : undefined
  /** Rows are numbered as they are stored. */
  const startOf = (row: number): number => (isTopDown ? row : height - 1 - row) * width * 4
  if (compression !== 'none')
    decodeRuns(bytes, header, (x, row, index) => write!(startOf(row) + x * 4, index))
  else {
    const [stride, there] = [bmpStride(header), bmpRows(bytes, header)]
    const decodeRow = write ? indexedRow(bytes, header, write) : directRow(bytes, header, rows)
    for (let row = 0; row < there; row++) decodeRow(header.pixels + row * stride, startOf(row))
    for (let row = there; row < height; row++) fillGrey(rows, startOf(row), width)
  }
  return { rows, stride: width * 4, width, height, channels: 4 }
}

/** Grey stands in for rows that are missing, as in other formats. */
function fillGrey(rows: Uint8Array, from: number, width: number): void {
  rows.fill(128, from, from + width * 4)
  for (let alpha = from + 3; alpha < from + width * 4; alpha += 4) rows[alpha] = 255
}

type DecodeRow = (from: number, to: number) => void
type WriteIndex = (to: number, index: number) => void

function paletteWriter(bytes: Buffer, { palette }: BmpHeader, rows: Uint8Array): WriteIndex {
  const { at, colours, bytes: size } = palette
  return (to, index) => {
    const colour = at + index * size
    const isThere = index < colours && colour + 3 <= bytes.length
    // Blue comes first.
    for (let channel = 0; channel < 3; channel++)
      rows[to + channel] = isThere ? bytes[colour + 2 - channel]! : 0
    rows[to + 3] = 255
  }
}

function indexedRow(bytes: Buffer, { width, bitsAPixel }: BmpHeader, write: WriteIndex): DecodeRow {
  const perByte = 8 / bitsAPixel
  const mask = 2 ** bitsAPixel - 1
  return (from, to) => {
    for (let x = 0; x < width; x++) {
      const shift = 8 - bitsAPixel * ((x % perByte) + 1)
      write(to + x * 4, (bytes[from + Math.floor(x / perByte)]! >> shift) & mask)
    }
  }
}

function directRow(bytes: Buffer, header: BmpHeader, rows: Uint8Array): DecodeRow {
  const { width, bitsAPixel } = header
  if (bitsAPixel === 24)
    return (from, to) => {
      for (let x = 0; x < width; x++, from += 3, to += 4) {
        rows[to] = bytes[from + 2]!
        rows[to + 1] = bytes[from + 1]!
        rows[to + 2] = bytes[from]!
        rows[to + 3] = 255
      }
    }
  const channels = header.masks.map(channelOf)
  const size = bitsAPixel / 8
  return (from, to) => {
    for (let x = 0; x < width; x++, from += size, to += 4) {
      const value = size === 2 ? bytes.readUInt16LE(from) : bytes.readUInt32LE(from)
      for (let n = 0; n < 4; n++) rows[to + n] = channels[n]!(value)
    }
  }
}

/** Brings the bits of a mask to 8; an absent channel is 0, an absent alpha opaque. */
function channelOf(mask: number, n: number): (value: number) => number {
  if (mask === 0) return () => (n === 3 ? 255 : 0)
  const shift = 31 - Math.clz32(mask & -mask)
  const most = mask >>> shift
  return value => Math.round((((value & mask) >>> shift) * 255) / most)
}

/** Run lengths of 8 or 4 bits; pixels beyond the picture are passed over. */
function decodeRuns(
  bytes: Buffer,
  { width, height, compression, pixels }: BmpHeader,
  set: (x: number, row: number, index: number) => void,
): void {
  const isNibbles = compression === 'rle4'
  let [at, x, row] = [pixels, 0, 0]
  const put = (index: number): void => {
    if (x < width && row < height) set(x, row, index)
    x++
  }
  const indexOf = (byte: number, n: number): number =>
    isNibbles ? (n % 2 === 0 ? byte >> 4 : byte & 15) : byte
  while (row < height) {
    if (at + 2 > bytes.length) throw new KindredError('truncated-image', 'The end of this image is missing.')
    const [count, value] = [bytes[at]!, bytes[at + 1]!]
    at += 2
    if (count > 0) for (let n = 0; n < count; n++) put(indexOf(value, n))
    else if (value === 0) [x, row] = [0, row + 1]
    else if (value === 1) return
    else if (value === 2) {
      x += bytes[at] ?? 0
      row += bytes[at + 1] ?? 0
      at += 2
    } else {
      for (let n = 0; n < value; n++) put(indexOf(bytes[at + (isNibbles ? n >> 1 : n)] ?? 0, n))
      const length = isNibbles ? Math.ceil(value / 2) : value
      // Such a run fills up whole words.
      at += length + (length % 2)
    }
  }
}
