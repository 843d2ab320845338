/** @file Photos of which a part is missing. The picture is drawn so that each row differs from the next. */
import sharp, { type Sharp } from 'sharp'
import { Random } from '../../electron/shared/random.ts'
import { tiffBytes, type TiffEntries } from './tiff-files.ts'

export const CUT_WIDTH = 320
export const CUT_HEIGHT = 240

/** Red above, blue below, with noise, so that the bytes of a file are spread evenly over its rows. */
export function cutPicture(): Sharp {
  return sharp(cutPixels(), { raw: { width: CUT_WIDTH, height: CUT_HEIGHT, channels: 3 } })
}

export function cutPixels(): Buffer {
  const random = new Random('cut picture')
  const pixels = Buffer.alloc(CUT_WIDTH * CUT_HEIGHT * 3)
  for (let y = 0; y < CUT_HEIGHT; y++)
    for (let x = 0; x < CUT_WIDTH; x++) {
      const at = (y * CUT_WIDTH + x) * 3
      const below = y / CUT_HEIGHT
      pixels[at] = 190 * (1 - below) + random.int(0, 40)
      pixels[at + 1] = 30 + random.int(0, 40)
      pixels[at + 2] = 190 * below + random.int(0, 40)
    }
  return pixels
}

/** The first part of a file. */
export const cutAt = (bytes: Buffer, share: number): Buffer =>
  bytes.subarray(0, Math.floor(bytes.length * share))

const END = Buffer.of(0xff, 0xd9)

/** The first part of a JPEG, with an end marker as programs put one there, and a film behind it. */
export const closedAt = (jpeg: Buffer, share: number): Buffer =>
  Buffer.concat([cutAt(jpeg, share), END, Buffer.from('\0\0\0\x18ftypmp42 and a film', 'latin1')])

/** A JPEG whose end was never written: zeros stand there. */
export const zerosFrom = (bytes: Buffer, share: number): Buffer =>
  Buffer.concat([cutAt(bytes, share), Buffer.alloc(bytes.length - Math.floor(bytes.length * share))])

export interface PartedTiff {
  /** Rows of a strip, or the edge of a tile. */
  readonly rows: number
  readonly isTiled?: boolean
  /** Encodes the pixels of a strip or a tile; without it they stay as they are. */
  readonly deflate?: (pixels: Buffer) => Buffer
  readonly orientation?: number
}

/** A TIFF whose directory stands before its pixels, as cameras and scanners write it, and where its parts begin. */
export function partedTiff({ rows, isTiled = false, deflate, orientation = 1 }: PartedTiff): {
  readonly bytes: Buffer
  readonly parts: readonly { readonly offset: number; readonly length: number }[]
} {
  const pixels = cutPixels()
  const across = isTiled ? Math.ceil(CUT_WIDTH / rows) : 1
  const down = Math.ceil(CUT_HEIGHT / rows)
  const data = Array.from({ length: across * down }, (_, n) => {
    const [column, row] = [n % across, Math.floor(n / across)]
    const part = isTiled
      ? areaOf(pixels, column * rows, row * rows, rows, rows)
      : areaOf(pixels, 0, row * rows, CUT_WIDTH, Math.min(rows, CUT_HEIGHT - row * rows))
    return deflate?.(part) ?? part
  })
  const lengths = data.map(({ length }) => length)
  const describe = (start: number): Buffer => {
    let at = start
    const offsets = lengths.map(length => (at += length) - length)
    const entries: TiffEntries = {
      0x0100: { long: [CUT_WIDTH] },
      0x0101: { long: [CUT_HEIGHT] },
      0x0102: { short: [8, 8, 8] },
      0x0103: { short: [deflate ? 8 : 1] },
      0x0106: { short: [2] },
      0x0112: { short: [orientation] },
      0x0115: { short: [3] },
      ...(isTiled
        ? {
            0x0142: { long: [rows] },
            0x0143: { long: [rows] },
            0x0144: { long: offsets },
            0x0145: { long: lengths },
          }
        : { 0x0111: { long: offsets }, 0x0116: { long: [rows] }, 0x0117: { long: lengths } }),
    }
    return tiffBytes([entries])
  }
  const head = describe(describe(0).length)
  let at = head.length
  const parts = lengths.map(length => ({ offset: (at += length) - length, length }))
  return { bytes: Buffer.concat([head, ...data]), parts }
}

/** Pixels of an area; black beyond the picture. */
function areaOf(pixels: Buffer, left: number, top: number, width: number, height: number): Buffer {
  const area = Buffer.alloc(width * height * 3)
  for (let y = 0; y < Math.min(height, CUT_HEIGHT - top); y++) {
    const from = ((top + y) * CUT_WIDTH + left) * 3
    pixels.copy(area, y * width * 3, from, from + Math.min(width, CUT_WIDTH - left) * 3)
  }
  return area
}

/**
 * A grey JPEG with a restart marker behind each row of blocks, as some cameras write it and sharp does not: each block has
 * one value (ITU-T T.81, section F.1.2.1, and annex B).
 */
export function jpegWithRestarts(columns = 40, rows = 30): Buffer {
  const random = new Random('restarts')
  const segment = (marker: number, ...content: number[]): Buffer =>
    Buffer.of(0xff, marker, (content.length + 2) >> 8, (content.length + 2) & 0xff, ...content)
  const [width, height] = [columns * 8, rows * 8]
  const categories = Array.from({ length: 12 }, (_, n) => n)
  const scan = Array.from({ length: rows }, (_, row) => {
    let [bits, last] = ['', 0]
    for (let column = 0; column < columns; column++) {
      const value = random.int(-100, 100)
      bits += `${differenceBits(value - last)}0`
      last = value
    }
    const bytes = (bits.padEnd(Math.ceil(bits.length / 8) * 8, '1').match(/.{8}/g) ?? []).map(byte =>
      parseInt(byte, 2),
    )
    const stuffed = bytes.flatMap(byte => (byte === 0xff ? [0xff, 0] : [byte]))
    return Buffer.from(row < rows - 1 ? [...stuffed, 0xff, 0xd0 + (row % 8)] : stuffed)
  })
  return Buffer.concat([
    Buffer.of(0xff, 0xd8),
    segment(0xdb, 0, ...Array<number>(64).fill(8)),
    segment(0xc0, 8, height >> 8, height & 0xff, width >> 8, width & 0xff, 1, 1, 0x11, 0),
    // Twelve codes of four bits for the sizes of differences; one of one bit, which ends a block.
    segment(0xc4, 0x00, 0, 0, 0, 12, ...Array<number>(12).fill(0), ...categories),
    segment(0xc4, 0x10, 1, ...Array<number>(15).fill(0), 0),
    segment(0xdd, columns >> 8, columns & 0xff),
    segment(0xda, 1, 1, 0, 0, 63, 0),
    ...scan,
    END,
  ])
}

function differenceBits(difference: number): string {
  const size = difference === 0 ? 0 : Math.floor(Math.log2(Math.abs(difference))) + 1
  const value = difference < 0 ? difference + 2 ** size - 1 : difference
  return size.toString(2).padStart(4, '0') + (size === 0 ? '' : value.toString(2).padStart(size, '0'))
}
