/** @file What a JPEG XL file says of itself (ISO/IEC 18181-1, annex D; the container: 18181-2). */
import { brotliDecompressSync } from 'node:zlib'
import { Bits } from './bits.ts'
import { boxesOf } from './boxes.ts'

const CODESTREAM = Buffer.of(0xff, 0x0a)
const CONTAINER = Buffer.from('0000000c4a584c200d0a870a', 'hex')

/** Bytes of compressed metadata at most, once they are expanded. */
const MOST_METADATA = 2 ** 20

export interface JpegXlHeader {
  /** Pixels as shown, after orientation. */
  readonly width: number
  readonly height: number
  /** Whether a box reaches beyond the end of the file. */
  readonly isCutOff: boolean
  /** TIFF structure. */
  readonly exif: Buffer | undefined
  readonly xmp: Buffer | undefined
}

export const isJpegXl = (bytes: Buffer): boolean =>
  bytes.subarray(0, 2).equals(CODESTREAM) || bytes.subarray(0, 12).equals(CONTAINER)

/** Returns undefined where the picture's own header is not there or makes no sense. */
export function readJpegXlHeader(bytes: Buffer): JpegXlHeader | undefined {
  if (bytes.subarray(0, 2).equals(CODESTREAM)) return withSize(bytes, false, undefined, undefined)
  const boxes = boxesOf(bytes)
  const content = (type: string): Buffer | undefined => {
    const plain = boxes.find(box => box.type === type)
    if (plain) return bytes.subarray(plain.start, plain.end)
    const packed = boxes.find(
      box => box.type === 'brob' && bytes.toString('latin1', box.start, box.start + 4) === type,
    )
    return packed && expanded(bytes.subarray(packed.start + 4, packed.end))
  }
  const parts = boxes.find(box => box.type === 'jxlp')
  const stream = content('jxlc') ?? (parts && bytes.subarray(parts.start + 4, parts.end))
  if (!stream?.subarray(0, 2).equals(CODESTREAM)) return undefined
  const exif = content('Exif')
  // A number of four bytes says how many more stand before the TIFF structure.
  const tiff = exif && exif.length > 4 ? exif.subarray(4 + exif.readUInt32BE(0)) : undefined
  const isCutOff = boxes.some(({ end }) => end > bytes.length)
  return withSize(stream, isCutOff, tiff, content('xml '))
}

function withSize(
  stream: Buffer,
  isCutOff: boolean,
  exif: Buffer | undefined,
  xmp: Buffer | undefined,
): JpegXlHeader | undefined {
  try {
    const bits = new Bits(stream.subarray(2, 64))
    const [width, height] = readSize(bits)
    const isDefault = bits.next(1) === 1
    const orientation = !isDefault && bits.next(1) === 1 ? bits.next(3) + 1 : 1
    const size = orientation > 4 ? { width: height, height: width } : { width, height }
    return { ...size, isCutOff, exif, xmp }
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/** Width by height, by number of the ratio. */
const RATIOS = [
  [1, 1],
  [12, 10],
  [4, 3],
  [3, 2],
  [16, 9],
  [5, 4],
  [2, 1],
] as const

function readSize(bits: Bits): [width: number, height: number] {
  const isSmall = bits.next(1) === 1
  const side = (): number =>
    isSmall ? (bits.next(5) + 1) * 8 : bits.next([9, 13, 18, 30][bits.next(2)]!) + 1
  const height = side()
  const ratio = bits.next(3)
  if (ratio === 0) return [side(), height]
  const [across, down] = RATIOS[ratio - 1]!
  return [Math.floor((height * across) / down), height]
}

function expanded(packed: Buffer): Buffer | undefined {
  try {
    return brotliDecompressSync(packed, { maxOutputLength: MOST_METADATA })
  } catch {
    return undefined
  }
}
