import { lstatSync, mkdirSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Catalog } from '../../../../../electron/engine/library/catalog/catalog.ts'
import { PIPELINE_VERSION } from '../../../../../electron/engine/library/pipeline-version.ts'
import { ChangeFinder } from '../../../../../electron/engine/import/watching/change-finder.ts'
import { FolderHandles } from '../../../../../electron/engine/import/watching/folder-handles.ts'
import { putPhoto, Scratch } from '../../scratch.ts'

const scratch = new Scratch()
let root: string
let catalog: Catalog
let finder: ChangeFinder
let handles: FolderHandles
beforeEach(() => {
  root = scratch.folder()
  catalog = scratch.catalog()
  handles = new FolderHandles([root])
  finder = new ChangeFinder(
    { roots: [root], ignore: ['raw/**'], exclude: [], catalogFile: catalog.file },
    handles,
  )
})

const at = (name: string): string => (name === '' ? root : join(root, name))

function write(...names: string[]): void {
  for (const name of names) {
    mkdirSync(dirname(at(name)), { recursive: true })
    writeFileSync(at(name), name)
  }
}

/** The catalog knows these files as they are now. */
function know(...names: string[]): void {
  for (const name of names) {
    const { size, mtimeMs, ctimeMs } = lstatSync(at(name))
    const stamp = { size, modifiedMs: mtimeMs, changedMs: ctimeMs }
    const photoId = putPhoto(catalog, at(name))
    catalog.files.record(at(name), stamp, { state: 'present', photoId }, PIPELINE_VERSION)
  }
}

/** Looks until all has come to rest. */
async function changes(...folders: string[]): Promise<string[]> {
  const found: string[] = []
  let dirty: readonly string[] = folders.map(at)
  while (dirty.length > 0) {
    const { paths, restless } = finder.compare(dirty)
    found.push(...paths.map(path => path.slice(root.length + 1)))
    dirty = restless
    if (dirty.length > 0) await new Promise(resolve => setTimeout(resolve, 100))
  }
  return [...new Set(found)].sort()
}

describe('folders compared with the catalog', () => {
  test('differ by what is new, changed and gone, directly inside and in folders not known before', async () => {
    write('a.jpg', 'b.jpg', 'c.jpg', 'deep/d.jpg', 'raw/e.jpg', '@Recycle/f.jpg')
    know('a.jpg', 'b.jpg', 'c.jpg', 'deep/d.jpg')
    expect(await changes('')).toEqual([])
    write('b.jpg', 'new/x/g.jpg')
    rmSync(at('c.jpg'))
    utimesSync(at('b.jpg'), 1, 1)
    expect(await changes('')).toEqual(['b.jpg', 'c.jpg', 'new/x/g.jpg'])
  })

  test('show what could not be read of a drive once more when somebody looks, not at each hint', async () => {
    write('a/1.jpg', 'a/2.jpg', '3.jpg')
    know('a/1.jpg', 'a/2.jpg', '3.jpg')
    for (const [name, code] of [
      ['a/1.jpg', 'unreadable-file'],
      ['a/2.jpg', 'damaged-image'],
      ['3.jpg', 'file-vanished'],
    ] as const) {
      const { size, modifiedMs, changedMs } = catalog.files.byPath(at(name))!
      const stamp = { size, modifiedMs, changedMs }
      catalog.files.record(at(name), stamp, { state: 'failed', code, message: 'x' }, PIPELINE_VERSION)
    }
    expect(await changes('')).toEqual(['3.jpg', 'a/1.jpg'])
    expect(await changes('', 'a')).toEqual([])
    handles.forget([root])
    expect(await changes('')).toEqual(['3.jpg', 'a/1.jpg'])
  })

  test('are compared each by itself', async () => {
    write('a/1.jpg', 'b/2.jpg')
    know('a/1.jpg', 'b/2.jpg')
    await changes('')
    write('a/3.jpg', 'b/4.jpg')
    expect(await changes('a')).toEqual(['a/3.jpg'])
    expect(await changes('')).toEqual([])
    expect(await changes('b')).toEqual(['b/4.jpg'])
  })

  test('are gone with all below them when they are renamed or replaced', async () => {
    write('a/x/1.jpg', 'b/2.jpg')
    know('a/x/1.jpg', 'b/2.jpg')
    await changes('')
    renameSync(at('a'), at('c'))
    rmSync(at('b'), { recursive: true })
    write('b/3.jpg')
    expect(await changes('')).toEqual(['a/x/1.jpg', 'b/2.jpg', 'b/3.jpg', 'c/x/1.jpg'])
    expect(handles.has(at('a/x'))).toBe(false)
    expect(handles.has(at('c/x'))).toBe(true)
  })

  test('are passed over when they are in the way of no name that begins alike', async () => {
    write('sub/1.jpg', 'sub-2.jpg', 'sub0')
    know('sub/1.jpg', 'sub-2.jpg', 'sub0')
    expect(await changes('')).toEqual([])
    rmSync(at('sub0'))
    rmSync(at('sub-2.jpg'))
    expect(await changes('')).toEqual(['sub-2.jpg', 'sub0'])
  })

  test.runIf(process.platform !== 'win32')('are entered once, whatever links lead to them', async () => {
    write('a/1.jpg')
    symlinkSync(at('a'), at('link'))
    expect(await changes('')).toEqual(['a/1.jpg'])
    expect(await changes('a')).toEqual(['a/1.jpg'])
  })

  test('are unknown, not gone, where the folder of the library is not there', async () => {
    write('a/1.jpg')
    know('a/1.jpg')
    await changes('')
    rmSync(root, { recursive: true })
    expect(await changes('', 'a')).toEqual([])
  })

  test('are unknown where a drive was mounted and an empty folder is left', async () => {
    write('usb/1.jpg', 'b.jpg')
    know('usb/1.jpg', 'b.jpg')
    catalog.transaction(() => catalog.folders.addMountPoints([at('usb')]))
    await changes('')
    rmSync(at('usb/1.jpg'))
    rmSync(at('b.jpg'))
    expect(await changes('usb', '')).toEqual(['b.jpg'])
    write('usb/other.jpg')
    expect(await changes('usb')).toEqual(['usb/1.jpg', 'usb/other.jpg'])
  })
})
