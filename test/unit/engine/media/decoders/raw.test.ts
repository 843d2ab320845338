import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { beforeAll, describe, expect, test } from 'vitest'
import { decodeForNetwork, decodePhoto, renderImage } from '../../../../../electron/engine/media/decode.ts'
import { openImage } from '../../../../../electron/engine/media/decoders/open-image.ts'
import { looksLikePhoto } from '../../../../../electron/engine/media/formats/image-formats.ts'
import { Random } from '../../../../../electron/shared/random.ts'
import { damage } from '../../../../support/damage.ts'
import { RAW_TAKEN, rawFiles, type RawFormat, type RawParts } from '../../../../support/raw-files.ts'
import { tiffBytes, type TiffEntries } from '../../../../support/tiff-files.ts'
import { codeOf } from '../../scratch.ts'
import { KindredError } from '../../../../../electron/shared/errors.ts'

const formats = Object.keys(rawFiles) as RawFormat[]
/** Red above blue: shows which way up it is. */
const flag = (width: number, height: number): Promise<Buffer> => {
  const data = Buffer.alloc(width * height * 3)
  for (let i = 0; i < width * height; i++)
    data.set(i < (width * height) / 2 ? [220, 20, 20] : [20, 20, 220], i * 3)
  return sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 95 })
    .toBuffer()
}
const cases = join(
  import.meta.dirname,
  '..',
  '..',
  '..',
  '..',
  '..',
  '..',
  '..',
  'shared',
  'cases',
  'raw-as-tiff',
)

let parts: RawParts
beforeAll(async () => {
  parts = { jpeg: await flag(320, 240), small: await flag(80, 60) }
})

describe('RAW files', () => {
  test.each(formats)('%s: its largest JPEG is shown, with its date', async format => {
    const withExif = { ...parts, jpeg: format === 'RAF' ? await dated(parts.jpeg) : parts.jpeg }
    const photo = await decodePhoto(rawFiles[format](withExif), 32)
    expect([photo.format, photo.width, photo.height]).toEqual([format, 320, 240])
    expect(photo.metadata.taken?.text).toBe('2019-07-01T12:34:56')
    expect(photo.metadata.camera).toContain('Model 7')
    const expected = await decodeForNetwork(withExif.jpeg, 32)
    expect(Buffer.compare(photo.network.rgb, expected.rgb)).toBe(0)
    expect(looksLikePhoto(`a.${format}`)).toBe(true)
  })

  test('CR3: its place', async () => {
    const { latitude, longitude } = (await decodePhoto(rawFiles.CR3(parts), 32)).metadata
    expect([latitude, longitude]).toEqual([48.5, 9.25])
  })

  test.each(formats.filter(format => format !== 'RAF'))('%s: turned as it says', async format => {
    const bytes = rawFiles[format]({ ...parts, orientation: 6 })
    const photo = await decodePhoto(bytes, 32)
    expect([photo.width, photo.height]).toEqual([240, 320])
    // What was above is on the right.
    expect([...photo.network.rgb.subarray(0, 3)][2]).toBeGreaterThan(180)
    expect((await sharp(await renderImage(bytes, 160)).metadata()).height).toBe(160)
  })

  test('that say nothing of it: as the JPEG says', async () => {
    const turned = await sharp(parts.jpeg).keepMetadata().withMetadata({ orientation: 8 }).toBuffer()
    const { width, height } = (await openImage(rawFiles.RAF({ ...parts, jpeg: turned }))).metadata
    expect([width, height]).toEqual([240, 320])
  })

  test('whose JPEG says something else: the RAW file is right', async () => {
    const turned = await sharp(parts.jpeg).withMetadata({ orientation: 8 }).toBuffer()
    const { width, height } = (await openImage(rawFiles.NEF({ ...parts, jpeg: turned }))).metadata
    expect([width, height]).toEqual([320, 240])
  })

  test.each(formats)('%s without a JPEG is refused in words', async format => {
    const nothing = Buffer.alloc(400, 1)
    const error = await openImage(rawFiles[format]({ jpeg: nothing, small: nothing })).catch(
      (e: unknown) => e,
    )
    expect(error).toBeInstanceOf(KindredError)
    expect((error as KindredError).code).toBe('unsupported-format')
    expect((error as KindredError).message).toContain(`This ${format} file holds no JPEG`)
  })

  test('a lossless JPEG is no picture', async () => {
    const lossless = Buffer.from(parts.jpeg)
    lossless[lossless.indexOf(Buffer.of(0xff, 0xc0)) + 1] = 0xc3
    const photo = await decodePhoto(rawFiles.NEF({ ...parts, jpeg: lossless }), 32)
    expect([photo.width, photo.height]).toEqual([80, 60])
  })

  test('one whose JPEG is cut off is shown as far as that is there', async () => {
    const bytes = rawFiles.RAF(parts)
    const photo = await decodePhoto(bytes.subarray(0, 148 + parts.jpeg.length * 0.6), 32)
    expect(photo).toMatchObject({ format: 'RAF', damage: { kind: 'lower-part-missing' } })
    expect(
      await codeOf(() =>
        decodePhoto(bytes.subarray(0, 148 + parts.jpeg.indexOf(Buffer.of(0xff, 0xda)) + 14), 32),
      ),
    ).toBe('truncated-image')
  })

  test('where the largest JPEG is cut off, a smaller one is shown that is whole', async () => {
    const strip = { 0x0103: { short: [7] }, 0x0111: { long: [0] }, 0x0117: { long: [0] } }
    const whole = (jpeg: Buffer): TiffEntries => ({
      0x0103: { short: [6] },
      0x0201: { placeOf: jpeg },
      0x0202: { long: [jpeg.length] },
    })
    const chain = (behind: number): Buffer =>
      tiffBytes([
        { 0x00fe: { long: [1] }, 0x010f: { ascii: 'NIKON CORPORATION' }, ...whole(parts.small) },
        { ...strip, 0x0111: { long: [behind] }, 0x0117: { long: [parts.jpeg.length] } },
      ])
    const head = chain(0).length
    const file = Buffer.concat([chain(head), parts.jpeg])
    expect((await decodePhoto(file, 32)).damage).toBeUndefined()
    const cut = await decodePhoto(file.subarray(0, head + parts.jpeg.length / 2), 32)
    expect(cut).toMatchObject({ format: 'NEF', width: 80, height: 60 })
    expect(cut.damage).toEqual({ kind: 'end-missing', share: 0 })
  })

  test('a TIFF that a camera or a scanner wrote stays a TIFF', async () => {
    const tiff = tiffBytes([scan])
    expect((await decodePhoto(tiff, 32)).format).toBe('TIFF')
  })

  test('damaged in any way: a photo, or a code', async () => {
    const random = new Random('raw')
    for (const format of formats)
      for (let n = 0; n < 30; n++) {
        const bytes = damage(Buffer.from(rawFiles[format](parts)), random)
        expect(await codeOf(() => decodePhoto(bytes, 16))).not.toMatch(/Error|internal/)
      }
  })

  test('directories that lead in circles end', async () => {
    const bytes = rawFiles.ARW(parts)
    // Every directory is followed by the first one.
    const first = bytes.readUInt32LE(4)
    bytes.writeUInt32LE(first, first + 2 + 12 * bytes.readUInt16LE(first))
    expect((await decodePhoto(bytes, 16)).format).toBe('ARW')
  })

  test.skipIf(!existsSync(cases)).each([
    ['r1.NEF', 'NEF'],
    ['r2.DNG', 'DNG'],
    ['r3.ARW', 'ARW'],
  ])('%s of the cases', async (name, format) => {
    const photo = await decodePhoto(readFileSync(join(cases, name)), 32)
    expect([photo.format, photo.width, photo.height]).toEqual([format, 1600, 1200])
    expect(photo.metadata.taken?.text).toBe('2019-07-01T12:34:56')
  })
})

/** A photograph that is a TIFF, with a thumbnail behind it. */
const scan: TiffEntries = {
  0x0100: { long: [16] },
  0x0101: { long: [12] },
  0x0102: { short: [8, 8, 8] },
  0x0103: { short: [1] },
  0x0106: { short: [2] },
  0x010f: { ascii: 'NIKON' },
  0x0110: { ascii: 'D1' },
  0x0111: { placeOf: Buffer.alloc(16 * 12 * 3, 90) },
  0x0115: { short: [3] },
  0x0116: { long: [12] },
  0x0117: { long: [16 * 12 * 3] },
  0x8769: { directories: [{ 0x9003: { ascii: RAW_TAKEN } }] },
}

test('TIFF: EXIF of the file itself', async () => {
  const tiff = tiffBytes([scan])
  const { camera, taken } = (await decodePhoto(tiff, 16)).metadata
  expect([camera, taken?.text]).toEqual(['NIKON D1', '2019-07-01T12:34:56'])
})

const dated = (jpeg: Buffer): Promise<Buffer> =>
  sharp(jpeg)
    .withExif({ IFD0: { Model: 'Model 7' }, IFD2: { DateTimeOriginal: '2019:07:01 12:34:56' } })
    .jpeg({ quality: 95 })
    .toBuffer()
