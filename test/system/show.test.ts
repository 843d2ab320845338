import { mkdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ShowResult } from '../../electron/shared/results.ts'
import { Cli, kindred, parseOnly, temporaryFolder } from '../support/cli.ts'
import {
  ascii,
  exifSegment,
  jpegWith,
  rational,
  short,
  xmpArray,
  xmpPacket,
  xmpSegment,
} from '../support/metadata-blocks.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let photos: string
let cli: Cli

beforeAll(async () => {
  folder = await temporaryFolder('show')
  photos = join(folder.path, 'photos')
  await mkdir(photos)
  cli = new Cli(join(folder.path, 'library'))
  const full = await jpegWith(
    exifSegment({
      image: [ascii(0x010f, 'Canon'), ascii(0x0110, 'EOS R5')],
      photo: [ascii(0x9003, '2019:07:01 12:34:56'), ascii(0x9011, '+02:00'), short(0x8827, 400)],
      gps: [ascii(1, 'N'), rational(2, 4885837, 100_000), ascii(3, 'E'), rational(4, 229448, 100_000)],
    }),
    xmpSegment(xmpPacket({ 'xmp:Rating': '4' }, xmpArray('dc:subject', 'Bag', 'Tower'))),
  )
  const plain = await sharp({ create: { width: 9, height: 7, channels: 3, background: '#282' } })
    .png()
    .toBuffer()
  await writeFile(join(photos, 'full.jpg'), full)
  await writeFile(join(photos, 'copy.jpg'), full)
  await writeFile(join(photos, 'plain.png'), plain)
  const saved = new Date(2021, 1, 3, 23, 30)
  await utimes(join(photos, 'plain.png'), saved, saved)
  await writeFile(
    join(photos, 'IMG-20190701-WA0001.jpg'),
    await sharp({ create: { width: 9, height: 8, channels: 3, background: '#822' } })
      .jpeg()
      .toBuffer(),
  )
  await cli.index(photos)
})
afterAll(() => folder.remove())

const show = async (...names: string[]): Promise<{ status: number | null; result: ShowResult }> => {
  const run = await cli.run(['show', ...names.map(name => join(photos, name))])
  return { status: run.status, result: parseOnly(run) as ShowResult }
}

test('says what is known of a photo, and where it comes from', async () => {
  const { status, result } = await show('full.jpg')
  expect(status).toBe(0)
  expect(result.photos).toHaveLength(1)
  expect(result.photos[0]).toMatchObject({
    path: join(photos, 'full.jpg'),
    copies: [join(photos, 'copy.jpg')],
    takenAt: '2019-07-01T12:34:56+02:00',
    takenFrom: 'EXIF DateTimeOriginal',
    width: 8,
    height: 8,
    format: 'JPEG',
    latitude: expect.closeTo(48.85837, 5) as number,
    longitude: expect.closeTo(2.29448, 5) as number,
    place: expect.stringContaining('France') as string,
    camera: 'Canon EOS R5',
    lens: null,
    iso: 400,
    rating: 4,
    keywords: ['Tower'],
    albums: [],
    words: [],
    damaged: null,
  })
})

test('a photo without a date has that of its name, or the local one at which it was saved', async () => {
  const { result } = await show('IMG-20190701-WA0001.jpg', 'plain.png')
  const dates = result.photos.map(({ takenAt, takenFrom }) => [takenAt, takenFrom])
  expect(dates).toEqual([
    ['2019-07-01T00:00:00', 'file name'],
    ['2021-02-03T23:30:00', 'file time'],
  ])
  const found = await cli.similar([
    join(photos, 'full.jpg'),
    '--since',
    '2021-02-03',
    '--until',
    '2021-02-03',
  ])
  expect(found.results.map(({ path }) => path)).toEqual([join(photos, 'plain.png')])
})

test('words for people name the rest', async () => {
  const words = (...names: string[]): ReturnType<typeof kindred> =>
    kindred(['show', '--library', cli.library, ...names.map(name => join(photos, name))])
  const { stdout, status } = await words('full.jpg', 'none.jpg')
  expect(status).toBe(3)
  expect(stdout).toContain('2019-07-01 12:34:56+02:00 (EXIF DateTimeOriginal)')
  expect(stdout).toContain('★★★★')
  expect(stdout).toContain('none.jpg\n    This is no photo of the library.')
  const none = await words('none.jpg')
  expect(none.status).toBe(1)
  expect(none.stderr).toContain('This is no photo of the library.')
})
