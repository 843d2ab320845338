/** @file Which strips or tiles of a TIFF are in the file (TIFF 6.0, sections 3 and 15): libtiff shows others as black. */
import { Tiff, type Span, type TiffDirectory } from './tiff.ts'

/** Strips or tiles that are looked at; more are taken for whole: 500 megapixels in tiles of 256 have 8,000. */
const MOST_PARTS = 100_000

const tags = {
  width: 0x0100,
  height: 0x0101,
  bits: 0x0102,
  compression: 0x0103,
  stripOffsets: 0x0111,
  samples: 0x0115,
  rowsPerStrip: 0x0116,
  stripLengths: 0x0117,
  planar: 0x011c,
  tileWidth: 0x0142,
  tileHeight: 0x0143,
  tileOffsets: 0x0144,
  tileLengths: 0x0145,
  gdalMetadata: 42_112,
  gdalNoData: 42_113,
} as const

/** Compressions whose data never begin with zeros: LZW, JPEG, Deflate, Zstandard, WebP. */
const NEVER_ZERO = new Set([5, 7, 8, 32_946, 50_000, 50_001])
/** Zeros that are no data. */
const ZEROS = Buffer.alloc(16)

export interface MissingParts {
  /** Of the picture, 0…1; above 0. */
  readonly share: number
  /** Whether it is the end of the rows; otherwise pieces here and there. */
  readonly isEnd: boolean
  /** Bytes that the file needs so that the rows of an uncompressed strip that are there can be read; 0 for others. */
  readonly neededBytes: number
}

/** What is missing of the first picture; undefined where nothing is, or where that cannot be known. */
export function missingTiffParts(bytes: Buffer): MissingParts | undefined {
  const tiff = Tiff.at(bytes, 0)
  // BigTIFF has other directories.
  if (tiff?.uint16(2) !== 42) return undefined
  const directory = tiff.directory(tiff.first)
  const grid = directory && gridOf(directory)
  if (!grid) return undefined
  const { offsets, lengths, across, down, planes, isTiled } = grid
  const cells = across * down
  const compression = directory.number(tags.compression) ?? 1
  // Old writers leave the lengths out, or write 0: readers compute them.
  if (lengths.length === 0 || (compression === 1 && lengths[0] === 0)) return undefined
  const isSparse = directory.has(tags.gdalMetadata) || directory.has(tags.gdalNoData)
  const there = new Float64Array(cells).fill(1)
  let neededBytes = 0
  for (let n = 0; n < cells * planes; n++) {
    const offset = offsets[n] ?? 0
    const cell = n % cells
    const most = compression === 1 ? grid.bytesOf(Math.floor(cell / across)) : Infinity
    const length = Math.min(lengths[n] ?? 0, most)
    const part = partOf(bytes, { offset, length }, compression)
    if (part === 1 || (isSparse && offset === 0)) continue
    there[cell] = Math.min(there[cell]!, isTiled ? 0 : part)
    if (!isTiled && part > 0) neededBytes = Math.max(neededBytes, offset + length)
  }
  return summed(there, grid, neededBytes)
}

/** How much of a strip or a tile is in the file, 0…1; a compressed one is there or not. */
function partOf(bytes: Buffer, { offset, length }: Span, compression: number): number {
  if (offset === 0 || length === 0 || offset >= bytes.length) return 0
  if (offset + length > bytes.length) return compression === 1 ? (bytes.length - offset) / length : 0
  const isHole = NEVER_ZERO.has(compression) && length > ZEROS.length && beginsWithZeros(bytes, offset)
  return isHole ? 0 : 1
}

const beginsWithZeros = (bytes: Buffer, offset: number): boolean =>
  bytes.compare(ZEROS, 0, ZEROS.length, offset, offset + ZEROS.length) === 0

function summed(there: Float64Array, grid: Grid, neededBytes: number): MissingParts | undefined {
  let [whole, missing] = [0, 0]
  /** Where nothing follows any more that is there. */
  let end = 0
  for (const [n, part] of there.entries()) {
    const area = grid.rowsOf(Math.floor(n / grid.across))
    whole += area
    missing += area * (1 - part)
    if (part > 0) end = n + 1
  }
  if (missing === 0) return undefined
  const first = there.findIndex(part => part < 1)
  return { share: missing / whole, isEnd: first >= end - 1, neededBytes }
}

interface Grid {
  readonly isTiled: boolean
  readonly offsets: readonly number[]
  readonly lengths: readonly number[]
  readonly across: number
  readonly down: number
  /** Each may have strips of its own. */
  readonly planes: number
  /** Rows of the picture in a row of parts. */
  rowsOf(row: number): number
  /** Bytes of a part of this row without compression, at most. */
  bytesOf(row: number): number
}

function gridOf(directory: TiffDirectory): Grid | undefined {
  const [width, height] = [directory.number(tags.width) ?? 0, directory.number(tags.height) ?? 0]
  if (width === 0 || height === 0) return undefined
  const isTiled = directory.has(tags.tileOffsets)
  const columns = isTiled ? (directory.number(tags.tileWidth) ?? 0) : width
  const rows = isTiled
    ? (directory.number(tags.tileHeight) ?? 0)
    : Math.min(directory.number(tags.rowsPerStrip) ?? height, height)
  if (columns === 0 || rows === 0) return undefined
  const [across, down] = [Math.ceil(width / columns), Math.ceil(height / rows)]
  const samples = directory.number(tags.samples) ?? 1
  const planes = directory.number(tags.planar) === 2 ? samples : 1
  if (across * down * planes > MOST_PARTS) return undefined
  const bits = Math.max(...directory.numbers(tags.bits), 1)
  const rowsOf = (row: number): number => Math.min(rows, height - row * rows)
  const rowBytes = Math.ceil((columns * bits * (samples / planes)) / 8)
  return {
    isTiled,
    offsets: directory.numbers(isTiled ? tags.tileOffsets : tags.stripOffsets, MOST_PARTS),
    lengths: directory.numbers(isTiled ? tags.tileLengths : tags.stripLengths, MOST_PARTS),
    across,
    down,
    planes,
    rowsOf,
    bytesOf: row => rowBytes * (isTiled ? rows : rowsOf(row)),
  }
}
