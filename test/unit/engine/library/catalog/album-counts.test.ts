import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Catalog } from '../../../../../electron/engine/library/catalog/catalog.ts'
import { PIPELINE_VERSION } from '../../../../../electron/engine/library/pipeline-version.ts'
import { putPhoto, Scratch, stamp } from '../../scratch.ts'

const scratch = new Scratch()
const PHOTOS = 4
const ALBUMS = ['One', 'Two', 'Three']

const path = (n: number): string => `/${n}.jpg`

/** What the albums hold, counted from nothing. */
function counted({ db }: Catalog): unknown[] {
  const reached = `FROM album_photo JOIN file USING (photo_id)
                   WHERE album_id = album.id AND verdict = 'member' AND state = 'present'`
  return db
    .prepare(
      `SELECT id, (SELECT count(DISTINCT photo_id) ${reached}) AS photos,
              (SELECT photo_id ${reached} ORDER BY album_photo.position, photo_id LIMIT 1) AS cover
       FROM album ORDER BY position, id`,
    )
    .all()
}

const listed = (catalog: Catalog): unknown[] =>
  catalog.albums.list().map(({ id, photos, cover }) => ({ id, photos, cover }))

describe('album counts', () => {
  test('are right after whatever happened to albums and files', () => {
    const step = fc.record({
      do: fc.constantFrom(
        ...(['add', 'remove', 'refuse', 'delete', 'undo', 'redo'] as const),
        ...(['miss', 'find', 'forget', 'copy', 'replace', 'fail', 'vanish'] as const),
      ),
      album: fc.nat(ALBUMS.length - 1),
      photo: fc.nat(PHOTOS - 1),
      look: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), steps => {
        const catalog = scratch.catalog()
        const photos = Array.from({ length: PHOTOS }, (_, n) => putPhoto(catalog, path(n)))
        for (const name of ALBUMS) catalog.albumCommands.create(name, photos.slice(1))
        for (const { do: what, album, photo: n, look } of steps) {
          const { albums, albumCommands, files, db } = catalog
          const id = albums.list()[album]?.id
          const file = files.byPath(path(n))
          const photo = photos[n]!
          const known = db.prepare('SELECT 1 FROM photo WHERE id = ?').get(photo) !== undefined
          if (what === 'undo' || what === 'redo') albumCommands[what]()
          else if (what === 'miss' && file) files.markMissing(file.id)
          else if (what === 'forget' && file) files.forget(file.id)
          else if (what === 'find') putPhoto(catalog, path(n))
          else if (what === 'copy') putPhoto(catalog, `/copy of ${n}.jpg`, path(n))
          else if (what === 'replace') putPhoto(catalog, path(n), path((n + 1) % PHOTOS))
          else if (what === 'fail') {
            const failed = { state: 'failed', code: 'damaged-image', message: '' } as const
            files.record(path(n), stamp, failed, PIPELINE_VERSION)
          } else if (what === 'vanish') db.prepare('DELETE FROM photo WHERE id = ?').run(photo)
          else if (id === undefined) continue
          else if (what === 'delete') albumCommands.delete(id)
          else if (known && (what === 'add' || what === 'remove' || what === 'refuse'))
            albumCommands[what](id, [photo])
          if (look) expect(listed(catalog)).toEqual(counted(catalog))
        }
        expect(listed(catalog)).toEqual(counted(catalog))
      }),
      { numRuns: 60 },
    )
  })

  test('are counted when a library is opened', () => {
    const folder = scratch.folder()
    const catalog = scratch.catalog(folder)
    catalog.albumCommands.create('One', [putPhoto(catalog, path(0))])
    catalog.close()
    expect(scratch.catalog(folder).albums.list()[0]!.photos).toBe(1)
  })

  test('are not changed by a transaction that is rolled back', () => {
    const catalog = scratch.catalog()
    const photo = putPhoto(catalog, path(0))
    catalog.albumCommands.create('One', [photo])
    catalog.albums.list()
    const failing = (): void =>
      catalog.transaction(() => {
        catalog.files.markMissing(catalog.files.byPath(path(0))!.id)
        throw new Error('stopped')
      })
    expect(failing).toThrow('stopped')
    expect(listed(catalog)).toEqual(counted(catalog))
    expect(catalog.albums.list()[0]!.photos).toBe(1)
  })
})
