import { mkdir, mkdtemp, realpath, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openEngine, type Engine } from '../../electron/engine/engine.ts'
import { resourcesDir } from '../../electron/hosts/default-folders.ts'
import { writePicture } from '../support/small-photos.ts'

let folder: string
let photos: string
let link: string
let engine: Engine

/** Two photos, one of them in a folder of its own, and a link to them from elsewhere. */
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'kindred-test-')))
  photos = join(folder, 'home', 'photos')
  link = join(folder, 'link')
  for (const name of ['1.jpg', 'cats/2.jpg'])
    await writePicture(join(photos, name), name, 'jpg', { width: 48, height: 48 })
  await mkdir(join(folder, 'elsewhere'))
  await symlink(photos, link)
  engine = await openEngine({ libraryDir: join(folder, 'library'), resourcesDir: resourcesDir(process.env) })
})

afterEach(async () => {
  await engine.close()
  await rm(folder, { recursive: true, force: true })
})

const paths = (): string[] =>
  engine.catalog.files
    .below(folder)
    .map(({ path }) => path.slice(folder.length + 1))
    .sort()

/** Makes the library look as if an earlier version had imported by way of the link. */
function storeByLink(): void {
  engine.catalog.respellRoot(photos, link)
  expect(paths()).toEqual(['link/1.jpg', 'link/cats/2.jpg'])
}

describe.skipIf(process.platform === 'win32')('the same folder in other spellings', () => {
  test('is one root, and its photos have one path', async () => {
    await engine.library.import([link])
    const again = await engine.library.import([photos])
    expect(again).toMatchObject({ added: 0, copies: 0, moved: 0, removed: 0 })
    expect(engine.overview.roots()).toEqual([photos])
    expect(paths()).toEqual(['home/photos/1.jpg', 'home/photos/cats/2.jpg'])
  })

  test('that an earlier version has stored stays the root', async () => {
    await engine.library.import([photos])
    storeByLink()
    for (const given of [photos, link, join(photos, 'cats')])
      expect(await engine.library.import([given])).toMatchObject({
        added: 0,
        copies: 0,
        moved: 0,
        removed: 0,
      })
    expect(engine.overview.roots()).toEqual([link, join(link, 'cats')])
    expect(paths()).toEqual(['link/1.jpg', 'link/cats/2.jpg'])
  })

  test('takes the spelling of a folder around it that is added', async () => {
    await engine.library.import([photos])
    const album = engine.albums.commands.create('Cats', engine.overview.photosAt(join(photos, 'cats')))
    storeByLink()
    const outer = await engine.library.import([join(folder, 'home')])
    expect(outer).toMatchObject({ photos: 2, added: 0, copies: 0, moved: 0, removed: 0 })
    expect(paths()).toEqual(['home/photos/1.jpg', 'home/photos/cats/2.jpg'])
    expect(engine.albums.queries.photosOf(album)).toHaveLength(1)
    expect(engine.overview.roots()).toEqual([join(folder, 'home'), photos])
  })

  test('means the same for albums, searches and removal', async () => {
    await engine.library.import([photos])
    storeByLink()
    const [cat] = engine.overview.photosAt(join(photos, 'cats'))
    expect(engine.overview.photosAt(join(photos, 'cats/2.jpg'))).toEqual([cat])
    const [other] = engine.overview.photosAt(join(link, '1.jpg'))
    const found = await engine.search.nearest({
      images: [{ id: other! }],
      filter: { folders: [join(photos, 'cats')] },
    })
    expect(found.photos.map(({ id }) => id)).toEqual([cat])
    const albums = await engine.albums.importer.start(photos).done
    expect(albums).toMatchObject({ created: 1, photos: 1 })
    expect(await engine.library.removeFolder(photos)).toBe(2)
    expect(engine.overview.roots()).toEqual([])
  })
})
