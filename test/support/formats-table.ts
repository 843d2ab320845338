/** @file Makes docs/formats.md from what is read of a file of each format: node test/support/formats-table.ts */
import { writeFileSync } from 'node:fs'
import sharp, { type Sharp } from 'sharp'
import { decodePhoto } from '../../electron/engine/media/decode.ts'
import { bmpBytes } from './bmp-files.ts'
import { heicBytes } from './heic-files.ts'
import { jxlBytes, jxlContainer } from './jxl-files.ts'
import { rawFiles } from './raw-files.ts'
import { picture } from './small-photos.ts'
import { tiffBytes, type TiffEntries } from './tiff-files.ts'

export const formatsPage = new URL('../../docs/formats.md', import.meta.url)

const exif: TiffEntries = {
  0x0110: { ascii: 'Model 7' },
  0x8769: { directories: [{ 0x9003: { ascii: '2019:07:01 12:34:56' } }] },
  0x8825: {
    directories: [
      {
        1: { ascii: 'N' },
        2: { rational: [48, 30, 0].map(value => [value, 1] as const) },
        3: { ascii: 'E' },
        4: { rational: [9, 15, 0].map(value => [value, 1] as const) },
      },
    ],
  },
}

const [WIDTH, HEIGHT] = [60, 40]

/** A file of each format with a date and a place, where the format has room for them. */
async function files(): Promise<[name: string, bytes: Buffer, remark: string][]> {
  const image = (): Sharp =>
    picture('format', { width: WIDTH, height: HEIGHT }).withExif({
      IFD0: { Model: 'Model 7' },
      IFD2: { DateTimeOriginal: '2019:07:01 12:34:56' },
      IFD3: {
        GPSLatitudeRef: 'N',
        GPSLatitude: '48/1 30/1 0/1',
        GPSLongitudeRef: 'E',
        GPSLongitude: '9/1 15/1 0/1',
      },
    })
  const { data } = await picture('format', { width: WIDTH, height: HEIGHT })
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  const stream = await jxlBytes(new Uint8ClampedArray(data), WIDTH, HEIGHT)
  const pixels = Buffer.from(data.filter((_, n) => n % 4 !== 3))
  const tiff = tiffBytes([
    {
      0x0100: { long: [WIDTH] },
      0x0101: { long: [HEIGHT] },
      0x0102: { short: [8, 8, 8] },
      0x0103: { short: [1] },
      0x0106: { short: [2] },
      0x0111: { placeOf: pixels },
      0x0115: { short: [3] },
      0x0116: { long: [HEIGHT] },
      0x0117: { long: [pixels.length] },
      ...exif,
    },
  ])
  const colours = [
    [200, 40, 40],
    [40, 180, 64],
  ] as const
  const bmp = bmpBytes('24 bits', WIDTH, HEIGHT, x => colours[x % 2]!, colours)
  const jpeg = await image().jpeg().toBuffer()
  const small = await picture('format', { width: 24, height: 16 }).jpeg().toBuffer()
  const raws = Object.entries(rawFiles).map(([name, make]): [string, Buffer, string] => [
    name,
    make({ jpeg, small }),
    'the largest JPEG in it',
  ])
  return [
    ['JPEG', jpeg, ''],
    ['PNG', await image().png().toBuffer(), ''],
    ['WebP', await image().webp().toBuffer(), 'first frame'],
    ['AVIF', await image().avif({ effort: 0 }).toBuffer(), 'first frame'],
    ['HEIC', heicBytes({ grid: [2, 1], exif: tiffBytes([exif]) }), 'HDR gain maps are not applied'],
    ['TIFF', tiff, 'first page; no doubles, no numbers with a sign, no Lab'],
    ['GIF', await image().gif().toBuffer(), 'first frame'],
    ['JPEG XL', jxlContainer(stream, tiffBytes([exif])), 'first frame'],
    ['BMP', bmp, 'no JPEG or PNG within'],
    ...raws,
  ]
}

/** The page as it should be. */
export async function formatsTable(): Promise<string> {
  const mark = (holds: boolean): string => (holds ? 'yes' : '–')
  const rows: string[] = []
  for (const [name, bytes, remark] of await files()) {
    const { format, metadata, thumbnail, network } = await decodePhoto(bytes, 32)
    const shown = (await sharp(thumbnail).stats()).channels
    const isPicture = shown.some(({ min, max }) => max - min > 20)
    const hasPixels = new Set(network.rgb).size > 1
    const cells = [
      name,
      mark(format === name),
      mark(isPicture),
      mark(metadata.taken !== undefined),
      mark(metadata.latitude !== undefined),
      mark(hasPixels),
      remark,
    ]
    rows.push(`| ${cells.join(' | ')} |`)
  }
  return `# Formats

Made by \`node test/support/formats-table.ts\` from a file of each format with a date and a place in it, and checked by a test.
A format is known by its content, never by the name of the file.

| format | read | thumbnail | date | place | similar | remark |
| --- | --- | --- | --- | --- | --- | --- |
${rows.join('\n')}

JPEG 2000, PSD, ICO and SVG are listed as files that cannot be read. A RAW file without a JPEG is, too: its sensor's values
are not developed.

A photo that is cut off is shown as far as it is there, marked and listed, where a tenth of its rows is left: JPEG (also in RAW
files), PNG, GIF, TIFF, BMP and HEIC of tiles. Without its end marker alone, a JPEG is whole; one that is stored progressively lacks fine detail
rather than rows. Nothing can be decoded of a cut WebP, AVIF, HEIC of one piece, JPEG XL or interlaced PNG, of a BMP with run lengths, nor
of a TIFF whose directory stood at its end: these are listed as files that cannot be read.

Videos (MP4, MOV, 3GP, WebM, MKV, AVI) are listed with size, duration, date and place. One frame stands for each, by ffmpeg where
it is installed; without it a drawn picture does, which is not compared with photos.

Files of one shot are one photo with its parts: a RAW file beside a JPEG or HEIC, the film of a Live Photo (five seconds at most), and
the original beside Apple's edited version (\`IMG_E1234\`). They share a folder and a name, and their dates do not differ.

Motion photos, JPEG, HEIC or AVIF with a film within, are found by Google's fields in XMP (Motion Photo format 1.0, and MicroVideo before
it), Samsung's trailer, and the box \`mpvd\`.
`
}

if (import.meta.main) writeFileSync(formatsPage, await formatsTable())
