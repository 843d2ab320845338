import { mkdir, rename, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openEngine, type Engine } from '../../electron/engine/engine.ts'
import { resourcesDir } from '../../electron/hosts/default-folders.ts'
import type { PhotoId } from '../../electron/shared/ids.ts'
import type { ImportResult, ShowResult } from '../../electron/shared/results.ts'
import { Cli, parseOnly, temporaryFolder } from '../support/cli.ts'
import { writeShot } from '../support/shots.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let photos: string
let engine: Engine
const at = (name: string): string => join(photos, name)
const open = (): Promise<Engine> =>
  openEngine({ libraryDir: join(folder.path, 'library'), resourcesDir: resourcesDir(process.env) })
const importAll = (): Promise<ImportResult> => engine.library.import([photos])
const photoAt = (name: string): PhotoId => engine.catalog.files.byPath(at(name))!.photoId!
/** Names of what the library shows, by its grid, its count, its folder, its index and its search alike. */
async function shown(): Promise<string[]> {
  const paths = engine.overview.photos()
  const ids = new Set(paths.map(({ id }) => id))
  expect(new Set((await engine.overview.grid()).ids)).toEqual(ids)
  expect(engine.overview.status().photos).toBe(ids.size)
  expect((await engine.overview.folders())[0]!.photos).toBe(ids.size)
  const comparable = [...ids].filter(id => engine.catalog.photos.byId(id)!.standIn === null)
  expect(new Set(engine.index.photos)).toEqual(new Set(comparable))
  return paths.map(({ path }) => path.slice(photos.length + 1)).sort()
}
const inAlbum = (name: string): string[] => {
  const { queries } = engine.albums
  return queries.photosOf(queries.idOf(name)).map(id => basename(engine.overview.pathOf(id)))
}

beforeEach(async () => {
  folder = await temporaryFolder('pairs')
  photos = join(folder.path, 'photos')
  await mkdir(photos)
  engine = await open()
})
afterEach(async () => {
  await engine.close()
  await folder.remove()
})

describe('files of one shot', () => {
  test('are one photo with its parts, for whoever asks', async () => {
    const shots = ['IMG_1.CR2', 'IMG_1.JPG', 'IMG_2.HEIC', 'IMG_2.MOV', 'IMG_1234.JPG', 'IMG_E1234.JPG']
    for (const [n, name] of shots.entries()) await writeShot(at(name), n)
    await writeShot(at('alone/IMG_3.CR2'), 7)
    await writeShot(at('IMG_3.JPG'), 8)
    await writeShot(at('IMG_4.MOV'), 9, { seconds: 60 })
    await writeShot(at('IMG_4.JPG'), 10)
    const result = await importAll()
    expect(result).toMatchObject({ photos: 7, added: 7, removed: 0, failed: [] })
    const all = ['IMG_1.JPG', 'IMG_2.HEIC', 'IMG_3.JPG', 'IMG_4.JPG', 'IMG_4.MOV', 'IMG_E1234.JPG']
    expect(await shown()).toEqual([...all, 'alone/IMG_3.CR2'])
    const grid = await engine.overview.grid()
    const rolesOf = (name: string): number => grid.parts[grid.ids.indexOf(photoAt(name))]!
    expect([...all, 'alone/IMG_3.CR2'].map(rolesOf)).toEqual([1, 2, 0, 0, 0, 4, 0])

    const similar = await engine.search.similar({ images: [{ path: at('IMG_1.CR2') }], k: 50 })
    const comparable = all.filter(name => !name.endsWith('MOV') && name !== 'IMG_1.JPG')
    expect(similar.results.map(({ path }) => basename(path)).sort()).toEqual(
      [...comparable, 'IMG_3.CR2'].sort(),
    )
    engine.albums.commands.create('Best', [photoAt('IMG_1.CR2'), photoAt('IMG_1.JPG'), photoAt('IMG_2.MOV')])
    expect(inAlbum('Best')).toEqual(['IMG_1.JPG', 'IMG_2.HEIC'])
    expect((await importAll()).added).toBe(0)
    await engine.close()

    const cli = new Cli(join(folder.path, 'library'))
    const show = parseOnly(await cli.run(['show', at('IMG_1.JPG'), at('IMG_1.CR2')])) as ShowResult
    expect(show.photos).toMatchObject([
      {
        path: at('IMG_1.JPG'),
        parts: [{ role: 'raw', path: at('IMG_1.CR2') }],
        partOf: null,
        albums: ['Best'],
      },
      { path: at('IMG_1.CR2'), parts: [], partOf: at('IMG_1.JPG'), albums: [] },
    ])
    expect(await cli.doctor()).toMatchObject({ ok: true, problems: [] })
    engine = await open()
    expect(await shown()).toEqual([...all, 'alone/IMG_3.CR2'])
  })

  test('carry their labels to what shows them, and back', async () => {
    await writeShot(at('IMG_1.CR2'), 1)
    await writeShot(at('IMG_2.JPG'), 2)
    await importAll()
    const { commands, queries } = engine.albums
    commands.create('Best', [photoAt('IMG_1.CR2')])
    await writeShot(at('IMG_1.JPG'), 3)
    expect(await importAll()).toMatchObject({ photos: 2, added: 1, removed: 0 })
    expect(inAlbum('Best')).toEqual(['IMG_1.JPG'])
    expect(queries.list()[0]!.photos).toBe(1)
    // What was done to the RAW file alone is undone for both.
    expect(commands.undo()).toEqual({ kind: 'create', album: 'Best' })
    expect(queries.list()).toEqual([])
    commands.redo()
    expect(inAlbum('Best')).toEqual(['IMG_1.JPG'])

    // Taken out of the album, it does not come back by its parts.
    const album = queries.idOf('Best')
    expect(commands.remove(album, [photoAt('IMG_1.CR2')])).toBe(1)
    expect(inAlbum('Best')).toEqual([])
    commands.undo()
    commands.create('Later', [photoAt('IMG_1.JPG')])
    await rm(at('IMG_1.JPG'))
    await importAll()
    expect(await shown()).toEqual(['IMG_1.CR2', 'IMG_2.JPG'])
    expect([inAlbum('Best'), inAlbum('Later')]).toEqual([['IMG_1.CR2'], ['IMG_1.CR2']])
    await writeShot(at('IMG_1.JPG'), 3)
    await importAll()
    expect([inAlbum('Best'), inAlbum('Later')]).toEqual([['IMG_1.JPG'], ['IMG_1.JPG']])
  })

  test('stay together where both are moved, and part where one is', async () => {
    for (const [n, name] of ['IMG_1.CR2', 'IMG_1.JPG'].entries()) await writeShot(at(name), n)
    await importAll()
    await mkdir(at('moved'))
    for (const name of ['IMG_1.CR2', 'IMG_1.JPG']) await rename(at(name), at(`moved/${name}`))
    expect(await importAll()).toMatchObject({ photos: 1, added: 0, moved: 1, removed: 0 })
    expect(await shown()).toEqual(['moved/IMG_1.JPG'])
    await rename(at('moved/IMG_1.CR2'), at('IMG_1.CR2'))
    await importAll()
    expect(await shown()).toEqual(['IMG_1.CR2', 'moved/IMG_1.JPG'])
    // A copy that stands alone is a photo, until it is gone.
    await rename(at('IMG_1.CR2'), at('moved/IMG_1.CR2'))
    await writeShot(at('copy/IMG_1.CR2'), 0)
    await importAll()
    expect(await shown()).toEqual(['copy/IMG_1.CR2', 'moved/IMG_1.JPG'])
    await rm(at('copy/IMG_1.CR2'))
    await importAll()
    expect(await shown()).toEqual(['moved/IMG_1.JPG'])
  })

  test('of a library of an earlier version are found in the background', async () => {
    for (const [n, name] of ['IMG_1.CR2', 'IMG_1.JPG'].entries()) await writeShot(at(name), n)
    await importAll()
    engine.catalog.db.exec('UPDATE file SET pair_key = NULL, part_of = NULL, part_role = NULL')
    await engine.index.add([photoAt('IMG_1.CR2')])
    engine.albums.commands.create('Best', [photoAt('IMG_1.CR2')])
    await engine.metadata.start()!.done
    expect(await shown()).toEqual(['IMG_1.JPG'])
    expect(inAlbum('Best')).toEqual(['IMG_1.JPG'])
  })
})
