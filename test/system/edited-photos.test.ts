import { copyFile, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openEngine, type Engine } from '../../electron/engine/engine.ts'
import type { AlbumId } from '../../electron/shared/ids.ts'
import { temporaryFolder } from '../support/cli.ts'
import { writePicture } from '../support/small-photos.ts'

const resourcesDir = fileURLToPath(new URL('../../resources', import.meta.url))

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let engine: Engine
let album: AlbumId
const at = (name: string): string => join(folder.path, 'photos', name)
const importAll = (): ReturnType<Engine['library']['import']> =>
  engine.library.import([join(folder.path, 'photos')])

beforeEach(async () => {
  folder = await temporaryFolder('edited')
  for (let i = 0; i < 4; i++) await writePicture(at(`${i}.jpg`), i)
  engine = await openEngine({ libraryDir: join(folder.path, 'library'), resourcesDir })
  await importAll()
})
afterEach(async () => {
  await engine.close()
  await folder.remove()
})

const photoAt = (name: string): number => engine.catalog.files.byPath(at(name))!.photoId!
const label = (name: string): void => {
  album = engine.albums.commands.create('Roses', [engine.catalog.files.byPath(at(name))!.photoId!])
}
const members = (): number[] => engine.catalog.albums.membersOf(album)

/** Writes a comment into a JPEG file, as programs write tags: other content, the same picture. */
async function tag(name: string, text: string): Promise<void> {
  const bytes = await readFile(at(name))
  const comment = Buffer.concat([Buffer.of(0xff, 0xfe, 0, text.length + 2), Buffer.from(text)])
  await writeFile(at(name), Buffer.concat([bytes.subarray(0, 2), comment, bytes.subarray(2)]))
}

describe('edited photo', () => {
  test('has the labels of what it was edited from, though a copy of that is still elsewhere', async () => {
    await copyFile(at('0.jpg'), at('copy.jpg'))
    await importAll()
    label('0.jpg')
    await tag('0.jpg', 'a rose')
    await importAll()
    expect(photoAt('0.jpg')).not.toBe(photoAt('copy.jpg'))
    expect(members()).toEqual([photoAt('copy.jpg'), photoAt('0.jpg')].sort((a, b) => a - b))
    await rm(at('copy.jpg'))
    await importAll()
    expect(engine.catalog.albums.photosOf(album)).toEqual([photoAt('0.jpg')])
  })

  test('has them when the program keeps the original beside it, as exiftool does', async () => {
    label('1.jpg')
    await copyFile(at('1.jpg'), at('1.jpg_original'))
    await tag('1.jpg', 'a rose')
    await importAll()
    expect(engine.catalog.albums.photosOf(album)).toContain(photoAt('1.jpg'))
  })

  test('has them when the import was cut off before its end', async () => {
    label('2.jpg')
    await tag('2.jpg', 'a rose')
    await copyFile(at('2.jpg'), at('copy.jpg'))
    const stop = new AbortController()
    const cutOff = engine.library.import([join(folder.path, 'photos')], {
      signal: stop.signal,
      onProgress: ({ done, total }) => {
        if (done > 0 && done === total) stop.abort()
      },
    })
    await expect(cutOff).rejects.toThrow()
    expect(engine.catalog.photos.replaced()).toHaveLength(1)
    await importAll()
    expect(members()).toContain(photoAt('2.jpg'))
    expect(engine.catalog.photos.replaced()).toEqual([])
  })

  test('gives them back when the edit is undone', async () => {
    await copyFile(at('3.jpg'), at('../before.jpg'))
    await tag('3.jpg', 'a rose')
    await importAll()
    label('3.jpg')
    await copyFile(at('../before.jpg'), at('3.jpg'))
    await importAll()
    expect(members()).toContain(photoAt('3.jpg'))
  })

  test('has them when it could not be read meanwhile, as while it is saved slowly', async () => {
    label('0.jpg')
    const before = photoAt('0.jpg')
    await tag('0.jpg', 'a rose')
    const edited = await readFile(at('0.jpg'))
    for (const length of [0, 100, edited.length]) {
      await writeFile(at('0.jpg'), edited.subarray(0, length))
      const { failed } = await importAll()
      expect(failed).toHaveLength(length < edited.length ? 1 : 0)
    }
    expect(photoAt('0.jpg')).not.toBe(before)
    expect(engine.catalog.albums.photosOf(album)).toEqual([photoAt('0.jpg')])
  })

  test('is missing, with its path and its labels, when it could not be read before it went', async () => {
    label('1.jpg')
    const before = engine.catalog.albums.membersOf(album)
    await writeFile(at('1.jpg'), 'damaged')
    await importAll()
    await rm(at('1.jpg'))
    await importAll()
    const { details } = engine.overview.photo(before[0]!)
    expect(details).toMatchObject({ missing: true, paths: [at('1.jpg')] })
    expect(members()).toEqual(before)
  })

  test('is not a different photo that took the name of one that was moved', async () => {
    label('0.jpg')
    await rename(at('0.jpg'), at('moved.jpg'))
    await writePicture(at('0.jpg'), 'something else', 'jpg', { shape: 'stripes' })
    await importAll()
    expect(members()).toEqual([photoAt('moved.jpg')])
  })

  test('has them in the journal, too', async () => {
    label('1.jpg')
    await tag('1.jpg', 'a rose')
    await importAll()
    const journal = await readFile(engine.layout.journal, 'utf8')
    expect(journal).toContain('Labels of edited photos')
    expect(engine.catalog.outbox.last).toBe(3)
  })
})
