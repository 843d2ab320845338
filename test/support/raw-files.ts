/** @file RAW files as cameras build them, with a JPEG and without the values of a sensor. */
import { box, uint32 } from './boxes.ts'
import { tiffBytes, type TiffEntries, type TiffOptions } from './tiff-files.ts'

/** What a RAW file is made of. */
export interface RawParts {
  /** What is to be shown. */
  readonly jpeg: Buffer
  /** A smaller one, such as the thumbnail. */
  readonly small: Buffer
  readonly orientation?: number
}

export const RAW_TAKEN = '2019:07:01 12:34:56'
const CAMERA = 'Model 7'

const exif: TiffEntries = { 0x9003: { ascii: RAW_TAKEN } }

/** The first directory, with what all makers write. */
const head = (make: string, orientation = 1): TiffEntries => ({
  0x010f: { ascii: make },
  0x0110: { ascii: CAMERA },
  0x0112: { short: [orientation] },
  0x8769: { directories: [exif] },
  0x8825: { directories: [gps] },
})

const sensor: TiffEntries = {
  0x00fe: { long: [0] },
  0x0100: { long: [6000] },
  0x0101: { long: [4000] },
  0x0103: { short: [34_713] },
  0x0106: { short: [32_803] },
}

/** A picture of 16 × 12 pixels without compression, as the first directory of many has it. */
const tiny: TiffEntries = {
  0x00fe: { long: [1] },
  0x0100: { long: [16] },
  0x0101: { long: [12] },
  0x0102: { short: [8, 8, 8] },
  0x0103: { short: [1] },
  0x0106: { short: [2] },
  0x0111: { placeOf: Buffer.alloc(16 * 12 * 3, 90) },
  0x0115: { short: [3] },
  0x0116: { long: [12] },
  0x0117: { long: [16 * 12 * 3] },
}

const pair = (jpeg: Buffer): TiffEntries => ({
  0x0201: { placeOf: jpeg },
  0x0202: { long: [jpeg.length] },
})

const strip = (jpeg: Buffer): TiffEntries => ({
  0x0103: { short: [6] },
  0x0111: { placeOf: jpeg },
  0x0117: { long: [jpeg.length] },
})

/** A note of one preview by its place in the whole file: a placeholder is patched when the file is there. */
function withNote(
  make: (note: Buffer) => Buffer,
  note: (at: number) => Buffer,
  placeholderLength: number,
): Buffer {
  const mark = Buffer.alloc(placeholderLength, 0xb7)
  const file = make(mark)
  const at = file.indexOf(mark)
  return make(note(at))
}

const nef = ({ jpeg, small, orientation }: RawParts): Buffer =>
  tiffBytes(
    [
      {
        ...tiny,
        ...head('NIKON CORPORATION', orientation),
        0x014a: { directories: [pair(small), pair(jpeg), sensor] },
      },
    ],
    { bigEndian: true },
  )

const orf = ({ jpeg, small, orientation }: RawParts): Buffer => {
  const settings = (at: number): Buffer => {
    // "OLYMPUS\0II\3\0", then a directory whose offsets count from the start of the note.
    const note = Buffer.alloc(96)
    note.write('OLYMPUS\0II\x03\0', 'latin1')
    note.writeUInt16LE(1, 12)
    row(note, 14, 0x2020, 13, 1, 40)
    note.writeUInt16LE(2, 40)
    row(note, 42, 0x0101, 4, 1, at)
    row(note, 54, 0x0102, 4, 1, jpeg.length)
    return Buffer.concat([note, jpeg])
  }
  return tiffBytes(
    [
      {
        ...head('OLYMPUS CORPORATION', orientation),
        0x8769: { directories: [{ ...exif, 0x927c: { bytes: settings(96) } }] },
      },
      pair(small),
    ],
    { magic: 'IIRO' },
  )
}

function row(bytes: Buffer, at: number, tag: number, type: number, count: number, value: number): void {
  bytes.writeUInt16LE(tag, at)
  bytes.writeUInt16LE(type, at + 2)
  bytes.writeUInt32LE(count, at + 4)
  bytes.writeUInt32LE(value, at + 8)
}

/** Its preview stands in the directory of the maker note, which counts from the start of the file. */
const pef = ({ jpeg, small, orientation }: RawParts): Buffer =>
  withNote(
    note =>
      tiffBytes([
        {
          ...sensor,
          ...head('PENTAX Corporation', orientation),
          0x8769: { directories: [{ ...exif, 0x927c: { bytes: note } }] },
        },
        pair(small),
      ]),
    at => {
      const note = Buffer.alloc(40)
      note.write('AOC\0II', 'latin1')
      note.writeUInt16LE(2, 6)
      row(note, 8, 0x0003, 4, 1, jpeg.length)
      row(note, 20, 0x0004, 4, 1, at + 40)
      return Buffer.concat([note, jpeg])
    },
    40 + jpeg.length,
  )

function raf({ jpeg }: RawParts): Buffer {
  const start = Buffer.alloc(148)
  start.write('FUJIFILMCCD-RAW 0201FF383501', 'latin1')
  start.writeUInt32BE(148, 84)
  start.writeUInt32BE(jpeg.length, 88)
  return Buffer.concat([start, jpeg, Buffer.alloc(500, 3)])
}

function cr3({ jpeg, small, orientation = 1 }: RawParts): Buffer {
  const type = box('ftyp', Buffer.from('crx ', 'latin1'), uint32(1), Buffer.from('crx isom', 'latin1'))
  const tables = [
    box(
      'CMT1',
      tiffBytes([
        { 0x010f: { ascii: 'Canon' }, 0x0110: { ascii: CAMERA }, 0x0112: { short: [orientation] } },
      ]),
    ),
    box('CMT2', tiffBytes([exif])),
    box('CMT4', tiffBytes([gps])),
  ]
  const canon = box('uuid', Buffer.from('85c0b687820f11e08111f4ce462b6a48', 'hex'), ...tables)
  const track = (at: number): Buffer => {
    const table = box('stbl', box('stsz', uint32(0, 0, 1, jpeg.length)), box('co64', uint32(0, 1, 0, at)))
    return box('trak', box('mdia', box('minf', table)))
  }
  const moov = (at: number): Buffer => box('moov', canon, track(at))
  const prvw = box('PRVW', uint32(0, 0, 0, small.length), small)
  const preview = box('uuid', Buffer.from('eaf42b5e1c984b88b9fbb7dc406e4d16', 'hex'), uint32(0, 1), prvw)
  const before = type.length + moov(0).length + preview.length + 8
  return Buffer.concat([type, moov(before), preview, box('mdat', jpeg)])
}

const gps: TiffEntries = {
  1: { ascii: 'N' },
  2: {
    rational: [
      [48, 1],
      [30, 1],
      [0, 1],
    ],
  },
  3: { ascii: 'E' },
  4: {
    rational: [
      [9, 1],
      [15, 1],
      [0, 1],
    ],
  },
}

const plain =
  (make: string, add: (parts: RawParts) => readonly TiffEntries[], options: TiffOptions = {}) =>
  (parts: RawParts): Buffer => {
    const [first, ...others] = add(parts)
    return tiffBytes([{ ...head(make, parts.orientation), ...first }, ...others], options)
  }

/** The formats, each with its maker's way of keeping a JPEG. */
export const rawFiles = {
  NEF: nef,
  DNG: plain('Acme', ({ jpeg, small }) => [
    {
      ...tiny,
      0xc612: { bytes: Buffer.of(1, 4, 0, 0) },
      0x014a: {
        directories: [
          sensor,
          { ...strip(jpeg), 0x0103: { short: [7] }, 0x0106: { short: [6] } },
          strip(small),
        ],
      },
    },
  ]),
  ARW: plain('SONY', ({ jpeg, small }) => [
    { 0x00fe: { long: [1] }, ...pair(jpeg), 0x014a: { directories: [sensor] } },
    pair(small),
  ]),
  PEF: pef,
  CR2: plain('Canon', ({ jpeg, small }) => [strip(jpeg), pair(small), sensor], {
    afterHead: Buffer.from('CR\x02\0\0\0\0\0', 'latin1'),
  }),
  SRW: plain('SAMSUNG', ({ jpeg, small }) => [
    { ...pair(jpeg), 0x014a: { directories: [sensor] } },
    pair(small),
  ]),
  IIQ: plain('Phase One A/S', ({ jpeg }) => [{ ...tiny, ...strip(jpeg) }], {
    afterHead: Buffer.from('IIIIwaR\0', 'latin1'),
  }),
  RW2: plain('Panasonic', ({ jpeg }) => [{ 0x002e: { bytes: jpeg } }], { magic: 'IIU\0' }),
  ORF: orf,
  RAF: raf,
  CR3: cr3,
} satisfies Record<string, (parts: RawParts) => Buffer>

export type RawFormat = keyof typeof rawFiles
