import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { Catalog } from '../../../../../electron/engine/library/catalog/catalog.ts'
import { CatalogReader } from '../../../../../electron/engine/library/catalog/catalog-reader.ts'
import { codeOf, putPhoto, Scratch } from '../../scratch.ts'

const scratch = new Scratch()
const readers: CatalogReader[] = []
afterEach(() => Promise.all(readers.splice(0).map(reader => reader.close())))

function readerOf(catalog: Catalog): CatalogReader {
  const reader = new CatalogReader(catalog)
  readers.push(reader)
  return reader
}

describe('catalog reader', () => {
  test('reads the same grid as the catalog, with its generation, also after a change', async () => {
    const catalog = scratch.catalog()
    const reader = readerOf(catalog)
    expect(await reader.grid()).toEqual({
      generation: 0,
      ids: [],
      aspects: [],
      colors: [],
      dates: [],
      durations: [],
      damaged: [],
      parts: [],
    })
    for (let n = 0; n < 30; n++) {
      putPhoto(catalog, `/a/${n}.jpg`)
      if (n % 7 === 0) catalog.files.markMissing(catalog.files.byPath(`/a/${n}.jpg`)!.id)
    }
    catalog.settings.bumpGeneration()
    const grid = await reader.grid()
    expect(grid).toEqual({ generation: 1, ...catalog.photos.grid() })
    expect(grid.ids).toHaveLength(25)
    expect(catalog.photos.countPresent()).toBe(25)
  })

  test('neither waits for an open transaction nor sees it', async () => {
    const catalog = scratch.catalog()
    const reader = readerOf(catalog)
    putPhoto(catalog, '/a/1.jpg')
    catalog.db.exec('BEGIN IMMEDIATE')
    putPhoto(catalog, '/a/2.jpg')
    expect((await reader.grid()).ids).toHaveLength(1)
    catalog.settings.bumpGeneration()
    catalog.db.exec('COMMIT')
    expect((await reader.grid()).ids).toHaveLength(2)
  })

  test('counts photos below folders', async () => {
    const catalog = scratch.catalog()
    for (const path of ['/a/1.jpg', '/a/b/2.jpg', '/c/3.jpg']) putPhoto(catalog, path)
    expect(await readerOf(catalog).countPhotosBelow(['/a', '/c', '/d'])).toEqual([2, 1, 0])
  })

  test('reads the photos within a filter, again and again, and fails with the code where there is no such album', async () => {
    const catalog = scratch.catalog()
    const [first, second, third] = ['/a/1.jpg', '/a/b/2.jpg', '/c/3.jpg'].map(path => putPhoto(catalog, path))
    const album = catalog.albumCommands.create('Some', [second!, third!])
    const reader = readerOf(catalog)
    expect(await reader.photosWithin({ folders: ['/a'] })).toEqual(new Set([first, second]))
    expect(await reader.photosWithin({ folders: ['/a'], albums: [album] })).toEqual(new Set([second]))
    expect(await reader.photosWithin({ takenBefore: -1 })).toEqual(new Set())
    expect(await codeOf(() => reader.photosWithin({ albums: [99] }))).toBe('album-not-found')
    expect(await reader.photosWithin({ albums: [album] })).toEqual(new Set([second, third]))
  })

  test('makes backups that can be opened', async () => {
    const catalog = scratch.catalog()
    const backups = join(scratch.folder(), 'backups')
    const reader = readerOf(catalog)
    putPhoto(catalog, '/a/1.jpg')
    await reader.backUp(backups, Date.UTC(2026, 4, 3, 10))
    putPhoto(catalog, '/a/2.jpg')
    expect(readdirSync(backups)).toEqual(['catalog-000001-2026-05-03T10-00-00.db'])
    const copy = new Catalog(join(backups, readdirSync(backups)[0]!), join(backups, 'none'))
    expect(copy.photos.countPresent()).toBe(1)
    copy.close()
  })

  test('reads the grid once for each generation', async () => {
    const catalog = scratch.catalog()
    const reader = readerOf(catalog)
    expect(reader.grid()).toBe(reader.grid())
    const before = await reader.grid()
    catalog.settings.bumpGeneration()
    expect(await reader.grid()).not.toBe(before)
  })

  test('fails with the code of what is wrong with the catalog, and starts again after it was closed', async () => {
    const catalog = scratch.catalog()
    const reader = readerOf(catalog)
    await reader.grid()
    await reader.close()
    catalog.settings.bumpGeneration()
    expect((await reader.grid()).ids).toEqual([])
    catalog.db.exec('DROP TABLE photo')
    catalog.settings.bumpGeneration()
    expect(await codeOf(() => reader.grid())).toBe('internal')
    expect(await codeOf(() => reader.grid())).toBe('internal')
  })
})
