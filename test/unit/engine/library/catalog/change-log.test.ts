import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Catalog } from '../../../../../electron/engine/library/catalog/catalog.ts'
import { ChangeLog } from '../../../../../electron/engine/library/catalog/change-log.ts'
import type { RowChange } from '../../../../../electron/engine/library/catalog/label-tables.ts'
import type { PhotoId } from '../../../../../electron/shared/ids.ts'
import { putPhoto, Scratch } from '../../scratch.ts'

const scratch = new Scratch()

function made(count: number): { catalog: Catalog; photos: PhotoId[] } {
  const catalog = scratch.catalog()
  return { catalog, photos: Array.from({ length: count }, (_, i) => putPhoto(catalog, `/${i}.jpg`)) }
}

const places = ({ db }: Catalog): unknown[] =>
  db.prepare('SELECT album_id, photo_id, verdict FROM album_photo ORDER BY 1, 2').raw().all()
const pairs = ({ db }: Catalog): unknown[] =>
  db.prepare('SELECT anchor_id, negative_id FROM not_like ORDER BY 1, 2').raw().all()
const changes = ({ db }: Catalog): unknown => db.prepare('SELECT count(*) FROM change').pluck().get()

const album = (id: number): RowChange => ({
  table: 'album',
  before: null,
  after: { id, name: `Album ${id}`, position: id, teaches: 1, created_at: 0 },
})
const place = (id: number, photo: number): RowChange => ({
  table: 'album_photo',
  before: null,
  after: { album_id: id, photo_id: photo, verdict: 'member', position: 0, said_at: 0 },
})

describe('change log', () => {
  test('is written with the change or not at all', () => {
    const { catalog, photos } = made(1)
    const log = new ChangeLog(catalog.db)
    const broken: RowChange = { table: 'album', before: null, after: { id: 2, name: 'No position' } }
    expect(() => log.apply({ kind: 'reorder' }, [album(1), place(1, photos[0]!), broken], 0)).toThrow(
      'NOT NULL',
    )
    expect([catalog.albums.list(), places(catalog), changes(catalog)]).toEqual([[], [], 0])
    expect(log.pending()).toEqual({ undo: null, redo: null })
  })

  test('writes no record of nothing', () => {
    const { catalog } = made(0)
    new ChangeLog(catalog.db).apply({ kind: 'reorder' }, [], 0)
    expect(changes(catalog)).toBe(0)
  })

  test('brings back all rows but those of photos that have left the catalog since', () => {
    const { catalog, photos } = made(4)
    const { albums, albumCommands: commands, db } = catalog
    const id = commands.create('Cats', photos)
    commands.notLike([photos[0]!], photos[1]!)
    commands.notLike([photos[2]!], photos[3]!)
    commands.delete(id)
    db.prepare('DELETE FROM photo WHERE id = ?').run(photos[1])

    expect(commands.undo()).toEqual({ kind: 'delete', album: 'Cats' })
    expect(albums.photosOf(id)).toEqual([photos[0], photos[2], photos[3]])
    expect(pairs(catalog)).toEqual([[photos[2], photos[3]]])
    for (let undone = 0; undone < 3; undone++) commands.undo()
    expect([places(catalog), pairs(catalog), albums.list()]).toEqual([[], [], []])
    for (let redone = 0; redone < 3; redone++) commands.redo()
    expect(albums.photosOf(id)).toEqual([photos[0], photos[2], photos[3]])
    expect(pairs(catalog)).toEqual([[photos[2], photos[3]]])
    expect(db.pragma('foreign_key_check')).toEqual([])
  })

  test('describes what undo and redo would do', () => {
    const { catalog, photos } = made(2)
    const id = catalog.albumCommands.create('Cats', photos)
    catalog.albumCommands.remove(id, [photos[1]!])
    const { pending } = catalog.albumCommands
    expect(pending).toEqual({ undo: { kind: 'remove', photos: 1, album: 'Cats' }, redo: null })
    catalog.albumCommands.undo()
    expect(catalog.albumCommands.pending).toEqual({
      undo: { kind: 'create', album: 'Cats' },
      redo: { kind: 'remove', photos: 1, album: 'Cats' },
    })
  })

  test('keeps the words that an early release has recorded', () => {
    const { catalog } = made(0)
    const commands = catalog.albumCommands
    commands.create('Cats')
    catalog.db.prepare('UPDATE change SET label = ?').run('New album “Cats”')
    const worded = { kind: 'worded', words: 'New album “Cats”' }
    expect(commands.pending).toEqual({ undo: worded, redo: null })
    expect(commands.undo()).toEqual(worded)
    expect(commands.redo()).toEqual(worded)
  })
})

describe('change log: named changes', () => {
  test('are undone only where they are the latest, and redone only where they were undone last', () => {
    const { catalog, photos } = made(2)
    const { albums, albumCommands: commands } = catalog
    const id = commands.create('Cats')
    const first = commands.latestChange!
    commands.add(id, photos)
    const second = commands.latestChange!
    expect(second).toBeGreaterThan(first)
    const refused = (code: string): unknown => expect.objectContaining({ code })

    expect(() => commands.undo(first)).toThrow(refused('change-not-latest'))
    expect(albums.photosOf(id)).toEqual(photos)
    expect(commands.undo(second)).toEqual({ kind: 'add', photos: 2, album: 'Cats' })
    expect(() => commands.undo(second)).toThrow(refused('change-gone'))
    expect(commands.undo(first)).toEqual({ kind: 'create', album: 'Cats' })
    expect(() => commands.redo(second)).toThrow(refused('change-not-latest'))
    expect(commands.redo(first)).toEqual({ kind: 'create', album: 'Cats' })
    expect(() => commands.redo(first)).toThrow(refused('change-gone'))
    commands.rename(id, 'Dogs')
    expect(() => commands.redo(second)).toThrow(refused('change-gone'))
    expect(commands.latestChange).toBeGreaterThan(second)
    expect(() => commands.undo(9999)).toThrow(refused('change-gone'))
  })
})

describe('change log: edited photos', () => {
  function edit({ catalog }: { catalog: Catalog }, path: string, content: string): PhotoId {
    const before = catalog.files.byPath(path)!.photoId!
    const after = putPhoto(catalog, path, content)
    catalog.photos.setEditedFrom(after, before)
    catalog.albumCommands.carryOver([{ before, after }])
    return after
  }

  test('undoes and redoes labels of an edited photo with those of its original', () => {
    const library = made(2)
    const { catalog, photos } = library
    const { albums, albumCommands: commands } = catalog
    const id = commands.create('Cats', [photos[1]!])
    commands.add(id, [photos[0]!])
    const edited = edit(library, '/0.jpg', 'edited')
    expect(albums.photosOf(id)).toEqual([photos[1], edited])
    commands.undo()
    expect(albums.albumsOf(edited)).toEqual([])
    expect(albums.photosOf(id)).toEqual([photos[1]])
    commands.redo()
    expect(albums.photosOf(id)).toEqual([photos[1], edited])
    commands.undo()
    commands.undo()
    expect(albums.list()).toEqual([])
    commands.redo()
    commands.redo()
    expect(albums.photosOf(id)).toEqual([photos[1], edited])
  })

  test('keeps an edited photo out of an album that its original left, until that is undone', () => {
    const library = made(1)
    const { catalog, photos } = library
    const { albums, albumCommands: commands } = catalog
    const id = commands.create('Cats', photos)
    commands.remove(id, photos)
    const edited = edit(library, '/0.jpg', 'edited')
    expect(albums.photosOf(id)).toEqual([])
    commands.undo()
    expect(albums.photosOf(id)).toEqual([edited])
  })

  test('carries “not like this” over, whichever of the two was edited', () => {
    const library = made(2)
    const { catalog, photos } = library
    const { albums, albumCommands: commands } = catalog
    commands.notLike([photos[0]!], photos[1]!)
    const anchor = edit(library, '/0.jpg', 'anchor')
    const negative = edit(library, '/1.jpg', 'negative')
    expect(albums.notLikeOf(anchor)).toEqual([photos[1], negative])
    commands.undo()
    expect(pairs(catalog)).toEqual([])
    commands.redo()
    expect(albums.notLikeOf(anchor)).toEqual([photos[1], negative])
    expect(albums.notLikeOf(photos[0]!)).toEqual([photos[1], negative])
  })

  test('undoes and redoes exactly, whenever a photo is edited', () => {
    const step = fc.oneof(
      fc.record({ do: fc.constantFrom('add', 'remove', 'refuse', 'edit', 'notLike'), photo: fc.nat(2) }),
      fc.record({ do: fc.constantFrom('create', 'delete', 'undo', 'redo'), photo: fc.constant(0) }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), steps => {
        const library = made(3)
        const { albums, albumCommands: commands } = library.catalog
        const state = (): unknown => [places(library.catalog), pairs(library.catalog), albums.list()]
        const nothing = state()
        let edits = 0
        for (const [time, { do: what, photo }] of steps.entries()) {
          const id = library.catalog.files.byPath(`/${photo}.jpg`)!.photoId!
          const first = albums.list()[0]?.id
          if (what === 'undo' || what === 'redo') commands[what]()
          else if (what === 'edit') edit(library, `/${photo}.jpg`, `edit ${++edits}`)
          else if (what === 'create') commands.create(`Album ${time}`, [id])
          else if (what === 'notLike') commands.notLike([id], library.photos[0]!)
          else if (first === undefined) continue
          else if (what === 'delete') commands.delete(first)
          else commands[what](first, [id])
        }
        // Whatever could still be done again belongs to the last state.
        while (commands.redo() !== null);
        const last = state()
        while (commands.undo() !== null);
        expect(state()).toEqual(nothing)
        while (commands.redo() !== null);
        expect(state()).toEqual(last)
        expect(library.catalog.db.pragma('foreign_key_check')).toEqual([])
      }),
      { numRuns: 100 },
    )
  })
})
