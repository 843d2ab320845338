/** @file HEIC files as phones build them, around one picture that an encoder of HEVC has made. */
import { box, uint32 } from './boxes.ts'

/** Edge of the picture in pixels: four quarters, red, green, blue, yellow. */
export const HEIC_EDGE = 64
export const heicQuarters = [
  [200, 40, 40],
  [40, 180, 60],
  [50, 60, 210],
  [230, 210, 40],
] as const

/** Made with x265 4.3 from the four quarters, quality 90, 4:4:4: its parameter sets (hvcC), and its one frame. */
const parameterSets = Buffer.from(
  'AQQIAAAAnjgAAAAAHvAA/P/4+AAADwNgAAEAF0ABDAH//wQIAAADAJ44AAADAAAeugJAYQABACpCAQEECAAAAwCeOAAAAwAA' +
    'HpAEECCy3UklNc3AQ0GBAAADABkAAAMAAQhiAAEACEQBwXKGDAIk',
  'base64',
)
const frame = Buffer.from(
  'AAAAPCgBrwY4Wvz9N/h4f//+kzHof6GfmwlfyTaf/yHP//zAqrGY+b7/G/Yo0f/6jBaONB+5Ga//YKo9fn9tMA==',
  'base64',
)

export interface HeicOptions {
  /** Tiles beside and below each other. */
  readonly grid?: readonly [columns: number, rows: number]
  /** Quarter turns anticlockwise, as the file says (irot). */
  readonly turns?: 0 | 1 | 2 | 3
  /** Whether left and right are exchanged (imir). */
  readonly mirrored?: boolean
  /** Whether the tile serves as a thumbnail of the grid. */
  readonly thumbnail?: boolean
  /** Whether that thumbnail is damaged. */
  readonly damagedThumbnail?: boolean
  readonly icc?: Buffer
  /** Colour primaries, transfer and matrix by ITU-T H.273. */
  readonly nclx?: readonly [primaries: number, transfer: number, matrix: number]
  /** A TIFF structure. */
  readonly exif?: Buffer
  /** A box behind the picture, such as Samsung's film. */
  readonly after?: Buffer
  readonly brand?: string
}

interface Item {
  readonly id: number
  readonly type: string
  readonly data: Buffer
  readonly hidden?: boolean
  /** Numbers of properties, from 1. */
  readonly properties: readonly number[]
}

export function heicBytes(options: HeicOptions = {}): Buffer {
  const { grid, after = Buffer.alloc(0), brand = 'heic' } = options
  const properties = propertiesOf(options)
  const shown = properties.slice(2).map((_, n) => n + 3)
  const items: Item[] = []
  const references: Buffer[] = []
  if (grid) {
    const [columns, rows] = grid
    const tiles = Array.from({ length: columns * rows }, (_, n) => n + 2)
    const description = Buffer.concat([
      Buffer.of(0, 0, rows - 1, columns - 1),
      uint16(columns * HEIC_EDGE, rows * HEIC_EDGE),
    ])
    items.push({ id: 1, type: 'grid', data: description, properties: shown })
    for (const id of tiles) items.push({ id, type: 'hvc1', data: frame, hidden: true, properties: [1, 2] })
    references.push(box('dimg', uint16(1, tiles.length, ...tiles)))
  } else items.push({ id: 1, type: 'hvc1', data: frame, properties: [1, ...shown] })
  if (options.thumbnail || options.damagedThumbnail) {
    const data = options.damagedThumbnail ? Buffer.alloc(frame.length, 0xa5) : frame
    items.push({ id: 100, type: 'hvc1', data, hidden: true, properties: [1, 2] })
    references.push(box('thmb', uint16(100, 1, 1)))
  }
  if (options.exif) {
    const data = Buffer.concat([uint32(6), Buffer.from('Exif\0\0', 'latin1'), options.exif])
    items.push({ id: 101, type: 'Exif', data, hidden: true, properties: [] })
    references.push(box('cdsc', uint16(101, 1, 1)))
  }
  const type = box('ftyp', Buffer.from(brand), uint32(0), Buffer.from(`mif1${brand}`))
  const meta = (start: number): Buffer => metaBox(items, references, properties, start)
  const before = type.length + meta(0).length + 8
  return Buffer.concat([type, meta(before), box('mdat', ...items.map(({ data }) => data)), after])
}

/** Of tiles: decoder and size; then those of the picture that is shown. */
function propertiesOf({ grid = [1, 1], turns = 0, mirrored, icc, nclx }: HeicOptions): Buffer[] {
  const size = (width: number, height: number): Buffer => box('ispe', uint32(0, width, height))
  const properties = [
    box('hvcC', parameterSets),
    size(HEIC_EDGE, HEIC_EDGE),
    size(grid[0] * HEIC_EDGE, grid[1] * HEIC_EDGE),
  ]
  if (icc) properties.push(box('colr', Buffer.from('prof'), icc))
  if (nclx) properties.push(box('colr', Buffer.from('nclx'), uint16(...nclx), Buffer.of(0x80)))
  if (turns > 0) properties.push(box('irot', Buffer.of(turns)))
  if (mirrored) properties.push(box('imir', Buffer.of(1)))
  return properties
}

function metaBox(
  items: readonly Item[],
  references: readonly Buffer[],
  properties: readonly Buffer[],
  start: number,
): Buffer {
  let at = start
  const places = items.map(({ id, data }) => {
    const place = Buffer.concat([uint16(id, 0, 1), uint32(at, data.length)])
    at += data.length
    return place
  })
  const entries = items.map(({ id, type, hidden }) =>
    box('infe', Buffer.of(2, 0, 0, hidden ? 1 : 0), uint16(id, 0), Buffer.from(`${type}\0`)),
  )
  const used = items.filter(item => item.properties.length > 0)
  const associations = used.map(item =>
    Buffer.concat([
      uint16(item.id),
      Buffer.of(item.properties.length),
      // The decoder must know what these mean.
      Buffer.from(item.properties.map(property => property | 0x80)),
    ]),
  )
  return box(
    'meta',
    uint32(0),
    box('hdlr', uint32(0, 0), Buffer.from('pict'), Buffer.alloc(13)),
    box('pitm', uint32(0), uint16(1)),
    box('iloc', uint32(0), Buffer.of(0x44, 0), uint16(items.length), ...places),
    box('iinf', uint32(0), uint16(items.length), ...entries),
    ...(references.length > 0 ? [box('iref', uint32(0), ...references)] : []),
    box('iprp', box('ipco', ...properties), box('ipma', uint32(0, used.length), ...associations)),
  )
}

function uint16(...numbers: readonly number[]): Buffer {
  const bytes = Buffer.alloc(2 * numbers.length)
  for (const [n, number] of numbers.entries()) bytes.writeUInt16BE(number, 2 * n)
  return bytes
}
