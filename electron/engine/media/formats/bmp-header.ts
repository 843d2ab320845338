/**
 * @file The headers of BMP: Windows' (BITMAPINFOHEADER, V4, V5) and OS/2's (BITMAPCOREHEADER). Source: "Bitmap Storage"
 * and the structures it names, Microsoft's documentation of Windows GDI.
 */
import { KindredError } from '../../../shared/errors.ts'

export interface BmpHeader {
  readonly width: number
  readonly height: number
  /** Whether the first row stands at the top. */
  readonly isTopDown: boolean
  /** 1, 4, 8, 16, 24 or 32. */
  readonly bitsAPixel: number
  readonly compression: 'none' | 'rle8' | 'rle4'
  /** Bits of red, green, blue and alpha, where the pixels are numbers of 16 or 32 bits; 0 for an absent channel. */
  readonly masks: readonly [number, number, number, number]
  /** Where the palette starts, its colours, and the bytes of each. */
  readonly palette: { readonly at: number; readonly colours: number; readonly bytes: 3 | 4 }
  /** Where the pixels start. */
  readonly pixels: number
}

const FILE_HEADER = 14
const CORE = 12
const SIZES = new Set([12, 16, 40, 52, 56, 64, 108, 124])

export const isBmp = (bytes: Buffer): boolean =>
  bytes.length >= FILE_HEADER + CORE &&
  bytes.toString('latin1', 0, 2) === 'BM' &&
  SIZES.has(bytes.readUInt32LE(FILE_HEADER))

/** @throws KindredError `truncated-image`, `damaged-image`, `unsupported-format` */
export function readBmpHeader(bytes: Buffer): BmpHeader {
  const size = bytes.readUInt32LE(FILE_HEADER)
  if (bytes.length < FILE_HEADER + Math.max(size, CORE))
    throw new KindredError('truncated-image', 'The end of this image is missing.')
  const isCore = size === CORE
  const width = isCore ? bytes.readUInt16LE(18) : bytes.readInt32LE(18)
  const rows = isCore ? bytes.readUInt16LE(20) : bytes.readInt32LE(22)
  const bitsAPixel = bytes.readUInt16LE(isCore ? 24 : 28)
  const method = size >= 40 ? bytes.readUInt32LE(30) : 0
  if (width <= 0 || rows === 0 || !DEPTHS.has(bitsAPixel))
    throw new KindredError('damaged-image', 'This image is damaged.')
  const compression = compressions.get(method)
  if (!compression || !fits(compression, bitsAPixel))
    throw new KindredError(
      'unsupported-format',
      'Kindred cannot read BMP files that are compressed this way.',
    )
  const named = size >= 40 ? bytes.readUInt32LE(46) : 0
  const most = 2 ** Math.min(bitsAPixel, 8)
  const hasMasks = method === BIT_FIELDS || method === ALPHA_BIT_FIELDS
  // Masks stand in the larger headers, and behind the smaller ones.
  const masksBehind = hasMasks && size < 52 ? (method === ALPHA_BIT_FIELDS ? 16 : 12) : 0
  return {
    width,
    height: Math.abs(rows),
    isTopDown: rows < 0,
    bitsAPixel,
    compression,
    masks: hasMasks ? readMasks(bytes, size, method) : bitsAPixel === 16 ? FIVE_BITS : EIGHT_BITS,
    palette: {
      at: FILE_HEADER + size + masksBehind,
      colours: bitsAPixel > 8 ? 0 : Math.min(named || most, most),
      bytes: isCore ? 3 : 4,
    },
    pixels: bytes.readUInt32LE(10),
  }
}

/** Bytes from one row to the next. */
export const bmpStride = ({ width, bitsAPixel }: BmpHeader): number =>
  Math.ceil((width * bitsAPixel) / 32) * 4

/** How many rows are in the file; of run lengths, that is not known before they are decoded. */
export function bmpRows(bytes: Buffer, header: BmpHeader): number {
  const { width, height, bitsAPixel, compression, pixels } = header
  if (compression !== 'none') return height
  const stride = bmpStride(header)
  // The last row may lack the bytes that only fill it up.
  const padding = stride - Math.ceil((width * bitsAPixel) / 8)
  return Math.min(height, Math.max(0, Math.floor((bytes.length - pixels + padding) / stride)))
}

const DEPTHS = new Set([1, 4, 8, 16, 24, 32])
const BIT_FIELDS = 3
const ALPHA_BIT_FIELDS = 6
const compressions = new Map<number, BmpHeader['compression']>([
  [0, 'none'],
  [1, 'rle8'],
  [2, 'rle4'],
  [BIT_FIELDS, 'none'],
  [ALPHA_BIT_FIELDS, 'none'],
])
const FIVE_BITS = [0x7c00, 0x03e0, 0x001f, 0] as const
const EIGHT_BITS = [0x00ff0000, 0x0000ff00, 0x000000ff, 0] as const

const fits = (compression: BmpHeader['compression'], bits: number): boolean =>
  compression === 'none' || bits === (compression === 'rle8' ? 8 : 4)

function readMasks(bytes: Buffer, size: number, method: number): [number, number, number, number] {
  const hasAlpha = size >= 56 || method === ALPHA_BIT_FIELDS
  const mask = (n: number): number => (bytes.length >= 54 + 4 * n + 4 ? bytes.readUInt32LE(54 + 4 * n) : 0)
  return [mask(0), mask(1), mask(2), hasAlpha ? mask(3) : 0]
}
