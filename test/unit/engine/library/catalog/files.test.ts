import { describe, expect, test } from 'vitest'
import { PIPELINE_VERSION } from '../../../../../electron/engine/library/pipeline-version.ts'
import type { FilePath } from '../../../../../electron/engine/library/paths.ts'
import { bytePath, putPhoto, Scratch, stamp } from '../../scratch.ts'

const scratch = new Scratch()
const pathsOf = (rows: readonly { path: FilePath }[]): FilePath[] => rows.map(({ path }) => path).sort()

describe('catalog files below a folder', () => {
  test('are those of the folder itself, not of one whose name only begins alike', () => {
    const catalog = scratch.catalog()
    const inside = ['/a/b', '/a/b/1.jpg', '/a/b/c/2.jpg', '/a/b/\u0001.jpg', '/a/b/\uffff.jpg']
    const outside = [
      '/a/bc/3.jpg',
      '/a/b.jpg',
      '/a/b-/4.jpg',
      '/a/b0/5.jpg',
      '/a/6.jpg',
      '/a/B/7.jpg',
      '/b/8.jpg',
    ]
    for (const path of [...inside, ...outside]) putPhoto(catalog, path)
    expect(pathsOf(catalog.files.below('/a/b'))).toEqual(inside.toSorted())
    // `/a/b` itself is a file of that name, which does not lie below.
    expect(catalog.files.countPhotosBelow('/a/b')).toBe(inside.length - 1)
    expect(catalog.files.countPhotosBelow('/a/b/')).toBe(inside.length - 1)
    expect(catalog.files.below('/')).toHaveLength(inside.length + outside.length)
    expect(catalog.files.below('/a/nothing')).toEqual([])
  })

  test('are all that photos have which are away with these folders', () => {
    const catalog = scratch.catalog()
    const [onDrive, onBoth, here] = ['/usb/1.jpg', '/usb/2.jpg', '/home/3.jpg'].map(path =>
      putPhoto(catalog, path),
    )
    catalog.files.record('/home/2.jpg', stamp, { state: 'present', photoId: onBoth! }, PIPELINE_VERSION)
    expect(catalog.files.photosOnlyBelow([])).toEqual([])
    expect(catalog.files.photosOnlyBelow(['/usb'])).toEqual([onDrive])
    expect(catalog.files.photosOnlyBelow(['/usb', '/home']).sort()).toEqual([onDrive, onBoth, here].sort())
  })

  test('keep names with line breaks and with bytes that are no text, each its own', () => {
    const catalog = scratch.catalog()
    const folder = bytePath('/photos/', 0xff, 0xfe)
    const paths = [
      bytePath('/photos/', 0xff, 0xfe, '/a.jpg'),
      bytePath('/photos/', 0xff, 0xfe, '/', 0xc3, '.jpg'),
      bytePath('/photos/', 0xff, 0xfe, '/line\nbreak.jpg'),
      bytePath('/photos/', 0xff, 0xfe, '/', 0xed, 0xb0, 0x80, '.jpg'),
    ]
    const beside = bytePath('/photos/', 0xff, 0xfd, '/a.jpg')
    const ids = new Map([...paths, beside].map(path => [path, putPhoto(catalog, path)]))
    expect(new Set(ids.values()).size).toBe(5)
    expect(pathsOf(catalog.files.below(folder))).toEqual(paths.toSorted())
    for (const [path, id] of ids) {
      expect(catalog.files.byPath(path)).toMatchObject({ path, photoId: id })
      expect(catalog.files.pathOf(id)).toBe(path)
    }
  })

  test('count a photo once, however often it lies there, and only where it is', () => {
    const catalog = scratch.catalog()
    putPhoto(catalog, '/a/1.jpg', 'same')
    putPhoto(catalog, '/a/2.jpg', 'same')
    putPhoto(catalog, '/b/3.jpg', 'same')
    putPhoto(catalog, '/a/gone.jpg', 'other')
    catalog.files.markMissing(catalog.files.byPath('/a/gone.jpg')!.id)
    expect(catalog.files.countPhotosBelow('/a')).toBe(1)
    expect(catalog.photos.countPresent()).toBe(1)
  })
})

describe('catalog files: record', () => {
  test('keeps a file as it was, fractions of the times included', () => {
    const catalog = scratch.catalog()
    const exact = { size: 2 ** 40 + 1, modifiedMs: 1_700_000_000_123.4567, changedMs: -1.25 }
    catalog.files.record('/a.jpg', exact, { state: 'ignored' }, PIPELINE_VERSION)
    expect(catalog.files.byPath('/a.jpg')).toMatchObject({ ...exact, state: 'ignored', photoId: null })
  })

  test('tells failed files apart, and counts repeated failures', () => {
    const catalog = scratch.catalog()
    const failure = { state: 'failed', code: 'damaged-image', message: 'Damaged.' } as const
    const count = (): unknown =>
      catalog.db.prepare('SELECT failures FROM file WHERE path = ?').pluck().get(Buffer.from('/b.jpg'))
    putPhoto(catalog, '/a.jpg')
    catalog.files.record('/b.jpg', stamp, failure, PIPELINE_VERSION)
    expect(count()).toBe(1)
    catalog.files.record('/b.jpg', stamp, failure, PIPELINE_VERSION)
    expect(count()).toBe(2)
    expect(pathsOf(catalog.files.failed())).toEqual(['/b.jpg'])
    expect(catalog.files.countFailed()).toBe(1)
    putPhoto(catalog, '/b.jpg')
    expect(count()).toBe(0)
    expect(catalog.files.byPath('/b.jpg')).toMatchObject({ failureCode: null, failureMessage: null })
    expect(catalog.files.countFailed()).toBe(0)
  })

  test('refuses what makes no sense: a failure that is present, a photo that is not there', () => {
    const { db } = scratch.catalog()
    const insert = (state: string, photo: number | null, code: string | null): unknown =>
      db
        .prepare(
          `INSERT INTO file (path, state, photo_id, size, modified_ms, changed_ms, pipeline, failure_code)
           VALUES (x'2f61', ?, ?, 0, 0.0, 0.0, 1, ?)`,
        )
        .run(state, photo, code)
    expect(() => insert('present', null, null)).toThrow(/CHECK/)
    expect(() => insert('failed', null, null)).toThrow(/CHECK/)
    expect(() => insert('elsewhere', null, null)).toThrow(/CHECK/)
    expect(() => insert('present', 99, null)).toThrow(/FOREIGN KEY/)
    expect(() => insert('failed', null, 'damaged-image')).not.toThrow()
  })
})

describe('catalog photos', () => {
  test('never use an id twice, because the index outside names photos by them', () => {
    const catalog = scratch.catalog()
    const first = putPhoto(catalog, '/a.jpg')
    catalog.db.prepare('DELETE FROM photo').run()
    expect(putPhoto(catalog, '/b.jpg')).toBeGreaterThan(first)
  })

  test('are the same where the content is the same', () => {
    const catalog = scratch.catalog()
    expect(putPhoto(catalog, '/a.jpg', 'x')).toBe(putPhoto(catalog, '/b.jpg', 'x'))
    expect(catalog.photos.all()).toHaveLength(1)
  })

  test('remember the first original of an edit', () => {
    const catalog = scratch.catalog()
    const [a, b, c] = [putPhoto(catalog, '/a'), putPhoto(catalog, '/b'), putPhoto(catalog, '/c')]
    catalog.photos.setEditedFrom(b, a)
    catalog.photos.setEditedFrom(b, c)
    expect(catalog.db.prepare('SELECT edited_from FROM photo WHERE id = ?').pluck().get(b)).toBe(a)
  })
})

describe('catalog roots', () => {
  test('are kept once each, with the bytes of their names', () => {
    const catalog = scratch.catalog()
    const odd = bytePath('/x', 0xff, '\ny')
    for (const folder of [odd, '/b', '/a', '/b']) catalog.addRoot(folder)
    expect(catalog.roots()).toEqual(['/a', '/b', odd])
    catalog.removeRoot(odd)
    expect(catalog.roots()).toEqual(['/a', '/b'])
  })

  test('take another spelling together with the files below, byte by byte', () => {
    const catalog = scratch.catalog()
    for (const folder of ['/Old', '/other']) catalog.addRoot(folder)
    const odd = ['/', 0xff, 0xc3, '.jpg'] as const
    const photo = putPhoto(catalog, bytePath('/Old', ...odd))
    putPhoto(catalog, '/Older/1.jpg')
    // The same file under both spellings, as two imports have left it.
    for (const path of ['/Old/a.jpg', '/new/old/a.jpg']) putPhoto(catalog, path, 'a')
    catalog.respellRoot('/Old', '/new/old')
    expect(catalog.roots()).toEqual(['/new/old', '/other'])
    expect(catalog.files.pathOf(photo)).toBe(bytePath('/new/old', ...odd))
    expect(catalog.files.below('/Old')).toEqual([])
    expect(pathsOf(catalog.files.below('/new/old'))).toEqual(
      [bytePath('/new/old', ...odd), '/new/old/a.jpg'].sort(),
    )
    expect(catalog.files.byPath('/Older/1.jpg')).toBeDefined()
  })
})

describe('catalog transaction', () => {
  test('leaves nothing behind when it fails', () => {
    const catalog = scratch.catalog()
    const fail = (): never => {
      putPhoto(catalog, '/a.jpg')
      throw new Error('no')
    }
    expect(() => catalog.transaction(fail)).toThrow('no')
    expect(catalog.photos.all()).toEqual([])
    expect(catalog.files.byPath('/a.jpg')).toBeUndefined()
  })
})
