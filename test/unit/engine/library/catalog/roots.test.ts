import { beforeEach, describe, expect, test } from 'vitest'
import type { Catalog } from '../../../../../electron/engine/library/catalog/catalog.ts'
import { Scratch } from '../../scratch.ts'

const scratch = new Scratch()
let catalog: Catalog
beforeEach(() => {
  catalog = scratch.catalog()
  catalog.transaction(() => ['/a', '/b'].forEach(folder => catalog.addRoot(folder)))
})

describe('folders of the library', () => {
  test('keep the patterns that were given for them, the newest only, under each spelling', () => {
    catalog.folders.setIgnored('/a', ['raw/**'])
    catalog.folders.setIgnored('/a', ['*.png', 'tmp'])
    expect(catalog.folders.ignored()).toEqual({ '/a': ['*.png', 'tmp'] })
    catalog.respellRoot('/a', '/c')
    expect(catalog.folders.ignored()).toEqual({ '/c': ['*.png', 'tmp'] })
    catalog.folders.setIgnored('/c', [])
    expect(catalog.folders.ignored()).toEqual({})
  })

  test('count what the last look left out, together for all, and forget it with the folder', () => {
    const { folders } = catalog
    folders.setLeftOut('/a', [{ reason: 'hidden', folders: 9, files: 9, example: '/a/.old' }])
    folders.setLeftOut('/a', [
      { reason: 'hidden', folders: 1, files: 4, example: '/a/.x' },
      { reason: 'recycle-bin', folders: 1, files: 0, example: '/a/@Recycle' },
    ])
    folders.setLeftOut('/b', [{ reason: 'recycle-bin', folders: 6, files: 0, example: '/b/#recycle' }])
    expect(folders.leftOut()).toEqual([
      { reason: 'recycle-bin', folders: 7, files: 0, example: '/a/@Recycle' },
      { reason: 'hidden', folders: 1, files: 4, example: '/a/.x' },
    ])
    catalog.transaction(() => catalog.removeRoot('/a'))
    expect(folders.leftOut()).toEqual([
      { reason: 'recycle-bin', folders: 6, files: 0, example: '/b/#recycle' },
    ])
  })
})
