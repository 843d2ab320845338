import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Catalog } from '../../../../../electron/engine/library/catalog/catalog.ts'
import type { AlbumChange } from '../../../../../electron/shared/album-change.ts'
import type { AlbumId, PhotoId } from '../../../../../electron/shared/ids.ts'
import { KindredError } from '../../../../../electron/shared/errors.ts'
import { codeOf, putPhoto, Scratch } from '../../scratch.ts'

const scratch = new Scratch()

const PHOTOS = 6

function library(folder = scratch.folder()): { catalog: Catalog; photos: PhotoId[] } {
  const catalog = scratch.catalog(folder)
  const photos = Array.from({ length: PHOTOS }, (_, i) => putPhoto(catalog, `/photos/${i}.jpg`))
  return { catalog, photos }
}

/** Every row of what can be taken back, exactly as it is stored. */
function rowsOf({ db }: Catalog): unknown[] {
  return ['album ORDER BY id', 'album_photo ORDER BY album_id, photo_id', 'not_like ORDER BY 1, 2'].map(
    table => db.prepare(`SELECT * FROM ${table}`).all(),
  )
}

const photos = fc.uniqueArray(fc.integer({ min: 0, max: PHOTOS - 1 }), { maxLength: 4 })
const which = fc.integer({ min: 0, max: 20 })
const name = fc.constantFrom('Cats', 'cats', 'Dogs', ' dogs ', 'Trees', 'Old friends', 'It’s "quoted"; --')
const operation = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('create' as const), name, photos }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('add' as const), which, photos }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('remove' as const), which, photos }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('refuse' as const), which, photos }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('rename' as const), which, name }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete' as const), which }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('reorder' as const), order: fc.array(which, { maxLength: 5 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('use' as const), which, used: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('notLike' as const), photos, negative: fc.nat(PHOTOS - 1) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('undo' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('redo' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reopen' as const) }) },
)
type Operation = (typeof operation)['generate'] extends (...args: never[]) => { value: infer T } ? T : never

/** A library, and beside it all its states from the first to the last, one a change. */
class Walk {
  readonly #folder = scratch.folder()
  readonly #photos: readonly PhotoId[]
  catalog: Catalog
  states: unknown[][]
  at = 0

  constructor() {
    const made = library(this.#folder)
    this.catalog = made.catalog
    this.#photos = made.photos
    this.states = [rowsOf(this.catalog)]
  }

  step(operation: Operation): void {
    const { albums, albumCommands: commands } = this.catalog
    const [revision, pending] = [albums.revision, commands.pending]
    if (operation.do === 'undo' || operation.do === 'redo') this.turn(operation.do)
    else if (operation.do === 'reopen') this.reopen()
    else {
      const before = rowsOf(this.catalog)
      const refused = this.#change(operation)
      const after = rowsOf(this.catalog)
      const changed = JSON.stringify(after) !== JSON.stringify(before)
      expect(changed && refused).toBe(false)
      if (changed) this.states = [...this.states.slice(0, ++this.at), after]
      else expect([commands.pending, albums.revision]).toEqual([pending, revision])
      if (changed) expect([commands.pending.redo, albums.revision > revision]).toEqual([null, true])
    }
    this.expectHere()
  }

  turn(way: 'undo' | 'redo'): AlbumChange | null {
    const { albumCommands: commands } = this.catalog
    const announced = commands.pending[way]
    const what = commands[way]()
    expect(what).toEqual(announced)
    const to = this.at + (way === 'undo' ? -1 : 1)
    expect(what === null).toBe(to < 0 || to >= this.states.length)
    if (what !== null) this.at = to
    return what
  }

  reopen(): void {
    this.catalog.close()
    this.catalog = scratch.catalog(this.#folder)
  }

  expectHere(): void {
    expect(rowsOf(this.catalog)).toEqual(this.states[this.at])
    const { pending } = this.catalog.albumCommands
    expect([pending.undo === null, pending.redo === null]).toEqual([
      this.at === 0,
      this.at === this.states.length - 1,
    ])
    const names = this.catalog.albums.list().map(album => album.name.toLowerCase())
    expect(new Set(names).size).toBe(names.length)
  }

  /** Returns whether it was refused, which happens for a name that is taken and for nothing else. */
  #change(operation: Exclude<Operation, { do: 'undo' | 'redo' | 'reopen' }>): boolean {
    const { albums, albumCommands: commands } = this.catalog
    const list = albums.list()
    const pick = (n: number): AlbumId => list[n % list.length]!.id
    const ids = (numbers: readonly number[]): PhotoId[] => numbers.map(i => this.#photos[i]!)
    const taken = (wanted: string, except?: AlbumId): boolean =>
      list.some(album => album.id !== except && album.name.toLowerCase() === wanted.trim().toLowerCase())
    const unlessTaken = (isTaken: boolean, work: () => unknown): boolean => {
      if (!isTaken) {
        work()
        return false
      }
      expect(work).toThrow(KindredError)
      return true
    }
    if (operation.do === 'create')
      return unlessTaken(taken(operation.name), () => {
        const id = commands.create(operation.name, ids(operation.photos))
        expect(albums.list().at(-1)).toMatchObject({ id, name: operation.name.trim() })
        expect(albums.photosOf(id)).toEqual(ids(operation.photos))
      })
    if (operation.do === 'notLike') {
      commands.notLike(ids(operation.photos), this.#photos[operation.negative]!)
      return false
    }
    if (list.length === 0) return false
    if (operation.do === 'reorder') {
      const order = operation.order.map(pick)
      commands.reorder(order)
      const wanted = [...new Set(order)]
      expect(albums.list().map(({ id }) => id)).toEqual([
        ...wanted,
        ...list.map(({ id }) => id).filter(id => !wanted.includes(id)),
      ])
      return false
    }
    const album = pick(operation.which)
    switch (operation.do) {
      case 'add': {
        const had = new Set(albums.photosOf(album))
        const added = commands.add(album, ids(operation.photos))
        expect(added).toBe(ids(operation.photos).filter(id => !had.has(id)).length)
        expect(new Set(albums.photosOf(album))).toEqual(new Set([...had, ...ids(operation.photos)]))
        return false
      }
      case 'remove': {
        const had = albums.photosOf(album)
        const gone = new Set(ids(operation.photos))
        expect(commands.remove(album, ids(operation.photos))).toBe(had.filter(id => gone.has(id)).length)
        expect(albums.photosOf(album)).toEqual(had.filter(id => !gone.has(id)))
        return false
      }
      case 'refuse':
        commands.refuse(album, ids(operation.photos))
        expect(albums.refusedIn(album)).toEqual(expect.arrayContaining(ids(operation.photos)))
        expect(albums.photosOf(album).filter(id => ids(operation.photos).includes(id))).toEqual([])
        return false
      case 'rename':
        return unlessTaken(taken(operation.name, album), () => commands.rename(album, operation.name))
      case 'delete':
        commands.delete(album)
        return false
      case 'use':
        commands.setUsedForTraining(album, operation.used)
        return false
    }
  }
}

describe('album commands', () => {
  test('are undone and redone one by one, exactly, in any order and across reopening', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 40 }), fc.boolean(), (operations, reopen) => {
        const walk = new Walk()
        for (const operation of operations) walk.step(operation)
        if (reopen) walk.reopen()
        while (walk.turn('undo') !== null) walk.expectHere()
        expect(walk.at).toBe(0)
        if (reopen) walk.reopen()
        while (walk.turn('redo') !== null) walk.expectHere()
        expect(walk.at).toBe(walk.states.length - 1)
      }),
      { numRuns: 150 },
    )
  })

  test('keep the last 200 changes', () => {
    const { catalog } = library()
    const { albums, albumCommands: commands } = catalog
    for (let i = 0; i < 205; i++) commands.create(`Album ${i}`, [])
    let undone = 0
    while (commands.undo() !== null) undone++
    expect(undone).toBe(200)
    expect(albums.list().map(album => album.name)).toEqual([0, 1, 2, 3, 4].map(i => `Album ${i}`))
    while (commands.redo() !== null) undone--
    expect(undone).toBe(0)
    expect(albums.list()).toHaveLength(205)
  })

  test('never give the number of an album that was deleted to another', () => {
    const { albumCommands: commands } = library().catalog
    const first = commands.create('One', [])
    commands.delete(first)
    const second = commands.create('Two', [])
    expect(second).toBeGreaterThan(first)
    commands.undo()
    expect(commands.create('Three', [])).toBeGreaterThan(second)
  })

  test('undo several albums made at once as one change', () => {
    const { catalog, photos } = library()
    const { albums, albumCommands: commands } = catalog
    commands.create('Cats', photos.slice(0, 1))
    const before = rowsOf(catalog)
    commands.createAll(
      [
        { name: 'cats', photos: photos.slice(0, 3), extend: true },
        { name: 'Dogs', photos: photos.slice(3), extend: true },
      ],
      { kind: 'import', folder: 'photos' },
    )
    expect(albums.list().map(album => [album.name, album.photos])).toEqual([
      ['Cats', 3],
      ['Dogs', 3],
    ])
    expect(commands.undo()).toEqual({ kind: 'import', folder: 'photos' })
    expect(rowsOf(catalog)).toEqual(before)
  })

  test('make one album of two names that differ in case or in spaces around them', () => {
    const { catalog, photos } = library()
    const { albums, albumCommands: commands } = catalog
    const ids = commands.createAll(
      [
        { name: 'Cats', photos: photos.slice(0, 3), extend: true },
        { name: 'cats ', photos: photos.slice(2, 5), extend: true },
      ],
      { kind: 'import', folder: 'photos' },
    )
    expect(new Set(ids).size).toBe(1)
    expect(albums.photosOf(ids[0]!)).toEqual(photos.slice(0, 5))
    expect(albums.labelChanges).toBe(5)
    commands.undo()
    expect(albums.list()).toEqual([])
  })

  test('do all or nothing', async () => {
    const { catalog, photos } = library()
    const { albums, albumCommands: commands } = catalog
    const cats = commands.create('Cats', photos.slice(0, 2))
    const before = [rowsOf(catalog), commands.pending, albums.revision, albums.labelChanges]
    expect(await codeOf(() => commands.add(cats, [photos[3]!, 999 as PhotoId]))).toBe('photo-not-found')
    expect(await codeOf(() => commands.refuse(cats, [photos[0]!, 999 as PhotoId]))).toBe('photo-not-found')
    expect(await codeOf(() => commands.create('New', [999 as PhotoId]))).toBe('photo-not-found')
    expect(await codeOf(() => commands.notLike([photos[0]!], 999 as PhotoId))).toBe('photo-not-found')
    expect(await codeOf(() => commands.notLike([999 as PhotoId], photos[0]!))).toBe('photo-not-found')
    const wanted = [
      { name: 'New', photos },
      { name: 'CATS', photos },
    ]
    expect(await codeOf(() => commands.createAll(wanted, { kind: 'import', folder: 'two' }))).toBe(
      'album-exists',
    )
    expect([rowsOf(catalog), commands.pending, albums.revision, albums.labelChanges]).toEqual(before)
  })
})

describe('album commands on one album', () => {
  test('refuse a name that another album has, whatever its case', async () => {
    const { albums, albumCommands: commands } = library().catalog
    const id = commands.create('  Cats ', [])
    const other = commands.create('Dogs', [])
    expect(albums.idOf('CATS')).toBe(id)
    for (const name of ['Cats', 'cats', ' CATS '])
      expect(await codeOf(() => commands.create(name, []))).toBe('album-exists')
    expect(await codeOf(() => commands.rename(other, 'cATS'))).toBe('album-exists')
    commands.rename(id, 'cATS')
    expect(albums.nameOf(id)).toBe('cATS')
  })

  test('refuse an album that is not there', async () => {
    const { catalog, photos } = library()
    const { albums, albumCommands: commands } = catalog
    const gone = commands.create('Gone', photos)
    commands.delete(gone)
    const calls: (() => unknown)[] = [
      () => commands.rename(gone, 'Again'),
      () => commands.delete(gone),
      () => commands.setUsedForTraining(gone, false),
      () => commands.add(gone, photos),
      () => commands.remove(gone, photos),
      () => commands.refuse(gone, photos),
    ]
    for (const call of calls) expect(await codeOf(call)).toBe('album-not-found')
    expect(albums.list()).toEqual([])
  })

  test('refuse an empty name', async () => {
    const { albums, albumCommands: commands } = library().catalog
    const id = commands.create('Cats', [])
    expect(await codeOf(() => commands.create(' ', []))).toBe('bad-argument')
    expect(await codeOf(() => commands.rename(id, ''))).toBe('bad-argument')
    expect(albums.list().map(album => album.name)).toEqual(['Cats'])
  })

  test('put a new album last, whatever was deleted before', () => {
    const { albums, albumCommands: commands } = library().catalog
    const [one, two] = ['One', 'Two', 'Three'].map(name => commands.create(name, []))
    commands.delete(one!)
    commands.delete(two!)
    commands.create('Four', [])
    expect(albums.list().map(album => album.name)).toEqual(['Three', 'Four'])
  })

  test('refuse a photo for several albums as one change', async () => {
    const { catalog, photos } = library()
    const { albums, albumCommands: commands } = catalog
    const ids = ['Cats', 'Dogs'].map(name => commands.create(name, []))
    commands.noneOf(ids, photos[0]!)
    for (const id of ids) expect(albums.refusedIn(id)).toEqual([photos[0]])
    expect(albums.isLabelled(photos[0]!)).toBe(true)
    // One change.
    expect(commands.undo()).toEqual({ kind: 'none-of' })
    for (const id of ids) expect(albums.refusedIn(id)).toEqual([])
    expect(await codeOf(() => commands.noneOf([...ids, 99], photos[0]!))).toBe('album-not-found')
    expect(albums.isLabelled(photos[0]!)).toBe(false)
  })

  test('carry labels over to the edited version of a photo', () => {
    const { catalog, photos } = library()
    const { albums, albumCommands: commands } = catalog
    const cats = commands.create('Cats', [photos[2]!, photos[0]!, photos[1]!])
    const dogs = commands.create('Dogs', [])
    commands.refuse(dogs, [photos[0]!])
    const [revision, changes] = [albums.revision, albums.labelChanges]
    const edited = putPhoto(catalog, '/photos/0.jpg', 'edited')
    commands.carryOver([{ before: photos[0]!, after: edited }])
    expect(albums.revision).toBeGreaterThan(revision)
    expect(albums.labelChanges).toBe(changes)
    // In its old place.
    expect(albums.photosOf(cats)).toEqual([photos[2], edited, photos[1]])
    expect(albums.refusedIn(dogs)).toEqual([photos[0], edited])
    commands.carryOver([{ before: photos[0]!, after: edited }])
    const unchanged = albums.revision
    commands.carryOver([{ before: photos[5]!, after: edited }])
    expect(albums.revision).toBe(unchanged)
    // Labels of the new version stand.
    commands.remove(cats, [edited])
    commands.refuse(cats, [edited])
    commands.carryOver([{ before: photos[0]!, after: edited }])
    expect(albums.refusedIn(cats)).toEqual([edited])
    // And the album can go and come back with it.
    const before = rowsOf(catalog)
    commands.delete(cats)
    commands.undo()
    expect(rowsOf(catalog)).toEqual(before)
  })
})

describe('album commands: count of label changes', () => {
  test('follows every label that is given or taken back', () => {
    const { catalog, photos } = library()
    const { albums, albumCommands: commands } = catalog
    const counted = (work: () => unknown): number => {
      const before = albums.labelChanges
      work()
      return albums.labelChanges - before
    }
    let cats = 0
    expect(counted(() => (cats = commands.create('Cats', photos.slice(0, 3))))).toBe(3)
    expect(counted(() => commands.add(cats, photos.slice(1, 5)))).toBe(2)
    expect(counted(() => commands.add(cats, photos.slice(1, 5)))).toBe(0)
    expect(counted(() => commands.remove(cats, photos.slice(3)))).toBe(2)
    expect(counted(() => commands.refuse(cats, photos.slice(2, 4)))).toBe(2)
    expect(counted(() => commands.notLike(photos.slice(0, 3), photos[0]!))).toBe(2)
    expect(counted(() => commands.rename(cats, 'Kittens'))).toBe(0)
    expect(counted(() => commands.reorder([cats]))).toBe(0)
    expect(counted(() => commands.undo())).toBe(0)
    expect(counted(() => commands.undo())).toBe(2)
    expect(counted(() => commands.redo())).toBe(2)
    expect(counted(() => commands.delete(cats))).toBe(4)
    expect(counted(() => commands.undo())).toBe(4)
    expect(counted(() => commands.redo())).toBe(4)
    expect(counted(() => commands.undo())).toBe(4)
    expect(counted(() => commands.setUsedForTraining(cats, false))).toBe(4)
    expect(counted(() => commands.setUsedForTraining(cats, false))).toBe(0)
    expect(counted(() => commands.undo())).toBe(4)
    expect(counted(() => commands.redo())).toBe(4)
    commands.settleLabelChanges()
    expect(albums.labelChanges).toBe(0)
  })
})

describe('album commands: listeners', () => {
  test('are called after every change and no other call, until they leave', () => {
    const { catalog, photos } = library()
    const { albums, albumCommands: commands } = catalog
    const seen: number[] = []
    const leave = commands.onChange(() => seen.push(albums.revision))
    const cats = commands.create('Cats', photos.slice(0, 1))
    commands.add(cats, photos.slice(0, 1))
    commands.add(cats, photos.slice(1, 2))
    commands.undo()
    commands.undo()
    commands.undo()
    commands.redo()
    const edited = putPhoto(catalog, '/photos/0.jpg', 'edited')
    commands.carryOver([{ before: photos[0]!, after: edited }])
    commands.carryOver([{ before: photos[0]!, after: edited }])
    expect(seen).toEqual([1, 2, 3, 4, 5, 6])
    leave()
    commands.delete(cats)
    expect(seen).toHaveLength(6)
  })
})
