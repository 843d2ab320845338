import { lstatSync, mkdirSync, rmSync, symlinkSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Catalog } from '../../../../electron/engine/library/catalog/catalog.ts'
import type { FileOutcome } from '../../../../electron/engine/library/catalog/files.ts'
import { ScanDeltaFinder, type Candidate } from '../../../../electron/engine/import/scan-delta.ts'
import { PIPELINE_VERSION } from '../../../../electron/engine/library/pipeline-version.ts'
import { fsPath, type FilePath } from '../../../../electron/engine/library/paths.ts'
import { bytePath, putPhoto, Scratch } from '../scratch.ts'

const scratch = new Scratch()
let root: string
let catalog: Catalog
beforeEach(() => {
  root = scratch.folder()
  catalog = scratch.catalog()
})

const at = (name: string): FilePath => join(root, name)

function write(path: FilePath, text = 'x'): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(fsPath(path), text)
}

/** The catalog knows the file as it is now. */
function know(path: FilePath, outcome?: FileOutcome, pipeline = PIPELINE_VERSION): void {
  const photoId = putPhoto(catalog, path)
  const { size, mtimeMs, ctimeMs } = lstatSync(fsPath(path))
  const stamp = { size, modifiedMs: mtimeMs, changedMs: ctimeMs }
  catalog.files.record(path, stamp, outcome ?? { state: 'present', photoId }, pipeline)
}

interface Found {
  readonly candidates: FilePath[]
  readonly vanished: FilePath[]
  readonly failures: string[]
  readonly seen: number
}

function find(folders: readonly FilePath[] = [root], retryFailed = false): Found {
  const query = { folders, ignore: [], exclude: [], catalogFile: catalog.file, retryFailed }
  const finder = new ScanDeltaFinder(query)
  const candidates: Candidate[] = []
  const failures: string[] = []
  for (let seen = 0; ;) {
    // As little at a time as there is: parts add up to the whole.
    const part = finder.next(0)
    seen += part.seen
    candidates.push(...part.candidates)
    failures.push(...part.failures.map(({ code }) => code))
    if (!part.done) continue
    const paths = candidates.map(({ path }) => path).sort()
    return { candidates: paths, vanished: part.vanished.map(({ path }) => path).sort(), failures, seen }
  }
}

describe('scan delta', () => {
  test('is everything in a new library and nothing in one that knows all of it', () => {
    const names = ['a.jpg', 'b/c.jpg', 'b/d/e.jpg'].map(at)
    for (const path of names) write(path)
    expect(find()).toEqual({ candidates: names, vanished: [], failures: [], seen: 3 })
    for (const path of names) know(path)
    expect(find()).toEqual({ candidates: [], vanished: [], failures: [], seen: 3 })
  })

  test('is what has another size, another time, or is known by an older pipeline only', () => {
    for (const name of ['same.jpg', 'longer.jpg', 'touched.jpg', 'older.jpg']) write(at(name))
    know(at('same.jpg'))
    know(at('longer.jpg'))
    know(at('touched.jpg'))
    know(at('older.jpg'), undefined, PIPELINE_VERSION - 1)
    write(at('longer.jpg'), 'xx')
    unlinkSync(at('touched.jpg'))
    write(at('touched.jpg'))
    expect(find().candidates).toEqual(['longer.jpg', 'older.jpg', 'touched.jpg'].map(at))
  })

  test('is what failed for a reason that may have passed, or all that failed when asked', () => {
    for (const name of ['damaged.jpg', 'locked.jpg', 'text.txt']) write(at(name))
    know(at('damaged.jpg'), { state: 'failed', code: 'damaged-image', message: '' })
    know(at('locked.jpg'), { state: 'failed', code: 'permission-denied', message: '' })
    know(at('text.txt'), { state: 'ignored' })
    expect(find().candidates).toEqual([at('locked.jpg')])
    expect(find([root], true).candidates).toEqual([at('damaged.jpg'), at('locked.jpg')])
  })

  test('is what is gone, once', () => {
    for (const name of ['a.jpg', 'b/c.jpg']) write(at(name))
    for (const name of ['a.jpg', 'b/c.jpg']) know(at(name))
    rmSync(at('b'), { recursive: true })
    expect(find()).toMatchObject({ candidates: [], vanished: [at('b/c.jpg')] })
    catalog.files.markMissing(catalog.files.byPath(at('b/c.jpg'))!.id)
    expect(find().vanished).toEqual([])
    write(at('b/c.jpg'))
    expect(find().candidates).toEqual([at('b/c.jpg')])
  })

  test('is unknown in a folder that is not there; other folders are not concerned', () => {
    write(at('away/a.jpg'))
    write(at('other/b.jpg'))
    know(at('away/a.jpg'))
    know(at('other/b.jpg'))
    rmSync(at('away'), { recursive: true })
    rmSync(at('other/b.jpg'))
    expect(find([at('away')])).toMatchObject({ vanished: [], failures: ['file-vanished'] })
    expect(find([at('away'), at('other')]).vanished).toEqual([at('other/b.jpg')])
  })

  test('is nothing where a labelled photo lies in what is left out by now; one without labels is gone', () => {
    for (const name of ['@Recycle/kept.jpg', '@Recycle/changed.jpg', '@Recycle/dropped.jpg']) {
      write(at(name))
      know(at(name))
    }
    const photoAt = (name: string) => catalog.files.byPath(at(name))!.photoId!
    const labelled = [photoAt('@Recycle/kept.jpg'), photoAt('@Recycle/changed.jpg')]
    catalog.albumCommands.createAll([{ name: 'Dogs', photos: labelled }], {
      kind: 'create',
      album: 'Dogs',
    })
    write(at('@Recycle/changed.jpg'), 'longer')
    expect(find()).toEqual({
      candidates: [at('@Recycle/changed.jpg')],
      vanished: [at('@Recycle/dropped.jpg')],
      failures: [],
      seen: 0,
    })
    unlinkSync(at('@Recycle/kept.jpg'))
    expect(find().vanished).toContain(at('@Recycle/kept.jpg'))
  })

  test('is found in a folder of the library that the walk of another one leaves out', () => {
    write(at('.hidden/a.jpg'))
    write(at('b.jpg'))
    expect(find([root, at('.hidden')]).candidates).toEqual([at('.hidden/a.jpg'), at('b.jpg')])
    for (const name of ['.hidden/a.jpg', 'b.jpg']) know(at(name))
    expect(find([root, at('.hidden')])).toMatchObject({ candidates: [], vanished: [] })
  })

  test('is unknown where a drive was mounted and an empty folder is left', () => {
    write(at('usb/a.jpg'))
    know(at('usb/a.jpg'))
    catalog.transaction(() => catalog.folders.addMountPoints([at('usb')]))
    rmSync(at('usb/a.jpg'))
    expect(find().vanished).toEqual([])
    write(at('usb/b.jpg'))
    expect(find()).toMatchObject({ candidates: [at('usb/b.jpg')], vanished: [at('usb/a.jpg')] })
  })

  test.runIf(process.platform !== 'win32')('counts what a broken link led to as gone', () => {
    write(at('a.jpg'))
    symlinkSync('a.jpg', at('link.jpg'))
    know(at('a.jpg'))
    know(at('link.jpg'))
    unlinkSync(at('a.jpg'))
    expect(find()).toMatchObject({ vanished: [at('a.jpg'), at('link.jpg')], failures: ['broken-link'] })
  })

  test.runIf(process.platform === 'linux')('is told apart for names that are no text', () => {
    const [known, gone, fresh] = [0xff, 0xfe, 0xfd].map(byte => bytePath(root, '/', byte, '.jpg')) as [
      string,
      string,
      string,
    ]
    write(known)
    write(gone)
    write(at('\ufffd.jpg'))
    know(known)
    know(gone)
    know(at('\ufffd.jpg'))
    unlinkSync(fsPath(gone))
    write(fresh)
    expect(find()).toEqual({ candidates: [fresh], vanished: [gone], failures: [], seen: 3 })
  })
})

/** A file without contents on this disk, as those of a cloud drive. */
function writeHole(path: FilePath, size = 100_000): void {
  write(path, '')
  truncateSync(fsPath(path), size)
}

describe.skipIf(process.platform !== 'linux')('files that are online only', () => {
  test('are candidates while nothing is known of them, to be listed, and again when they are fetched', () => {
    writeHole(at('a.jpg'))
    expect(find().candidates).toEqual([at('a.jpg')])
    know(at('a.jpg'), { state: 'failed', code: 'online-only', message: 'x' })
    expect(find().candidates).toEqual([])
    // Fetched without a trace in size and times.
    writeFileSync(at('a.jpg'), Buffer.alloc(100_000, 1))
    know(at('a.jpg'), { state: 'failed', code: 'online-only', message: 'x' })
    expect(find().candidates).toEqual([at('a.jpg')])
  })

  test('keep what is known of them', () => {
    write(at('b.jpg'))
    know(at('b.jpg'))
    writeHole(at('b.jpg'))
    expect(find()).toMatchObject({ candidates: [], vanished: [] })
  })
})
