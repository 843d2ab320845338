import { describe, expect, test } from 'vitest'
import type { Catalog } from '../../../../../electron/engine/library/catalog/catalog.ts'
import { RecentImports } from '../../../../../electron/engine/library/catalog/recent-imports.ts'
import { PIPELINE_VERSION } from '../../../../../electron/engine/library/pipeline-version.ts'
import { putPhoto, Scratch, stamp } from '../../scratch.ts'

const scratch = new Scratch()
const MINUTE = 60_000

/** A photo that was added after so many minutes. */
function added(catalog: Catalog, path: string, minutes: number): number {
  const id = putPhoto(catalog, path)
  catalog.db.prepare('UPDATE photo SET added_at = ? WHERE id = ?').run(minutes * MINUTE, id)
  return id
}

/** A job that ran from one minute to another, or runs still. */
function job(catalog: Catalog, kind: string, from: number, to?: number): void {
  const id = catalog.jobs.begin(kind, '{}', from * MINUTE)
  if (to !== undefined) catalog.jobs.finish(id, 'done', {}, to * MINUTE)
}

const imports = (catalog: Catalog, atLeast = 1000) =>
  new RecentImports(catalog.db).read(['/home/photos', '/usb'], atLeast)

describe('recent imports', () => {
  test('are told apart by their jobs, however soon one follows another and however long one takes', () => {
    const catalog = scratch.catalog()
    job(catalog, 'import', 0, 200)
    job(catalog, 'import', 201, 210)
    const first = [added(catalog, '/usb/trip/1.jpg', 1), added(catalog, '/usb/trip/a/2.jpg', 199)]
    const second = [added(catalog, '/home/photos/3.jpg', 202)]
    expect(imports(catalog)).toEqual([
      { at: 202 * MINUTE, ids: second, folders: ['/home/photos'] },
      { at: MINUTE, ids: first.toReversed(), folders: ['/usb/trip'] },
    ])
  })

  test('of which no job is on record end with a pause', () => {
    const catalog = scratch.catalog()
    job(catalog, 'train', 0, 500)
    const first = [added(catalog, '/usb/1.jpg', 1), added(catalog, '/usb/2.jpg', 20)]
    const second = [added(catalog, '/usb/b/3.jpg', 90)]
    expect(imports(catalog).map(({ ids }) => ids)).toEqual([second, first.toReversed()])
  })

  test('include the one that is running', () => {
    const catalog = scratch.catalog()
    job(catalog, 'import', 10)
    const ids = [added(catalog, '/usb/1.jpg', 11), added(catalog, '/usb/2.jpg', 95)]
    expect(imports(catalog)).toEqual([{ at: 11 * MINUTE, ids: ids.toReversed(), folders: ['/usb'] }])
  })

  test('name the innermost folder of each folder of the library', () => {
    const catalog = scratch.catalog()
    job(catalog, 'import', 0, 100)
    for (const path of [
      '/usb/a/x/1.jpg',
      '/usb/a/y/2.jpg',
      '/home/photos/2026/may/3.jpg',
      '/elsewhere/4.jpg',
    ])
      added(catalog, path, 5)
    expect(imports(catalog)[0]!.folders.toSorted()).toEqual(['/home/photos/2026/may', '/usb/a'])
  })

  test('count only photos that can be reached, each once, and stop after a whole import', () => {
    const catalog = scratch.catalog()
    for (const start of [0, 100, 200]) job(catalog, 'import', start, start + 50)
    const oldest = added(catalog, '/usb/1.jpg', 1)
    const middle = [added(catalog, '/usb/2.jpg', 101), added(catalog, '/usb/3.jpg', 102)]
    const gone = added(catalog, '/usb/4.jpg', 201)
    catalog.files.record(
      '/usb/2b.jpg',
      stamp,
      { state: 'present', photoId: middle[0]! as never },
      PIPELINE_VERSION,
    )
    catalog.files.markMissing(catalog.files.presentOf(gone as never)[0]!.id)
    expect(imports(catalog).map(({ ids }) => ids)).toEqual([middle.toReversed(), [oldest]])
    expect(imports(catalog, 1).map(({ ids }) => ids)).toEqual([middle.toReversed()])
    expect(imports(scratch.catalog())).toEqual([])
  })
})
