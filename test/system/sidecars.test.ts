import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openEngine, type Engine } from '../../electron/engine/engine.ts'
import { resourcesDir } from '../../electron/hosts/default-folders.ts'
import type { PhotoDetails } from '../../electron/shared/contract.ts'
import { temporaryFolder } from '../support/cli.ts'
import { ascii, exifSegment, jpegWith, xmpArray, xmpPacket } from '../support/metadata-blocks.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let photos: string
let engine: Engine

beforeAll(async () => {
  folder = await temporaryFolder('sidecars')
  photos = join(folder.path, 'photos')
  await mkdir(photos)
  engine = await openEngine({
    libraryDir: join(folder.path, 'library'),
    resourcesDir: resourcesDir(process.env),
  })
})
afterAll(async () => {
  await engine.close()
  await folder.remove()
})

const details = (name: string): Omit<PhotoDetails, 'thumbnailUrl' | 'imageUrl'> =>
  engine.overview.photo(engine.overview.photosAt(join(photos, name))[0]!).details
const write = (name: string, content: string | Buffer): Promise<void> =>
  writeFile(join(photos, name), content)
const words = (word: string, rating = '3'): string =>
  xmpPacket({ 'xmp:Rating': rating }, xmpArray('dc:subject', 'Bag', word))

test('sidecars are read at import, when they change, and when they come before or after their photo', async () => {
  const photo = (model: string): Promise<Buffer> =>
    jpegWith(exifSegment({ image: [ascii(0x0110, model)], photo: [ascii(0x9003, '2019:07:01 12:34:56')] }))
  await write('a.jpg', await photo('A'))
  await write('a.jpg.xmp', words('whole name'))
  await write('a.xmp', words('stem'))
  await write('b.jpg', await photo('B'))
  await write('b.xmp', words('stem'))
  await write('c.xmp', words('first'))
  await engine.library.import([photos])
  expect(details('a.jpg')).toMatchObject({ camera: 'A', keywords: ['whole name'], rating: 3 })
  expect(details('b.jpg').keywords).toEqual(['stem'])

  await write('b.xmp', xmpPacket({ 'xmp:Rating': '5', 'exif:DateTimeOriginal': '2018-01-02T03:04:05' }))
  await write('c.jpg', await photo('C'))
  await engine.library.import([photos])
  expect(details('b.jpg')).toMatchObject({
    camera: 'B',
    rating: 5,
    keywords: [],
    takenAt: Date.UTC(2018, 0, 2, 3, 4, 5),
    takenFrom: 'XMP exif:DateTimeOriginal',
  })
  expect(details('c.jpg').keywords).toEqual(['first'])

  await rm(join(photos, 'b.xmp'))
  await engine.library.import([photos])
  expect(details('b.jpg')).toMatchObject({ rating: null, takenAt: Date.UTC(2019, 6, 1, 12, 34, 56) })
})

test('a sidecar for all photos of a name counts again when the one with the whole name goes away', async () => {
  expect(details('a.jpg').keywords).toEqual(['whole name'])
  await rm(join(photos, 'a.jpg.xmp'))
  await engine.library.import([photos])
  expect(details('a.jpg').keywords).toEqual(['stem'])
  await write('a.jpg.xmp', words('whole name again'))
  await engine.library.import([photos])
  expect(details('a.jpg').keywords).toEqual(['whole name again'])
})

test('lists of photos are outdated when a sidecar changes a date, and only then', async () => {
  const { settings } = engine.catalog
  const dates = (): number[] => engine.catalog.photos.grid().dates
  const dated = (date: string): string => xmpPacket({ 'exif:DateTimeOriginal': date })
  for (const [content, isOther] of [
    [dated('2011-02-03T04:05:06'), true],
    [dated('2011-02-03T04:05:06') + ' ', false],
    [dated('2012-02-03T04:05:06'), true],
    [undefined, true],
  ] as const) {
    const [generation, before] = [settings.generation(), dates()]
    if (content === undefined) await rm(join(photos, 'b.xmp'))
    else await write('b.xmp', content)
    await engine.library.import([photos])
    expect(dates().join() !== before.join()).toBe(isOther)
    expect(settings.generation() > generation).toBe(isOther)
  }
})

test('a broken or hostile sidecar harms nobody', async () => {
  await write('c.xmp', '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>')
  const { failed } = await engine.library.import([photos])
  expect(failed).toEqual([])
  expect(details('c.jpg').keywords).toEqual([])
})
