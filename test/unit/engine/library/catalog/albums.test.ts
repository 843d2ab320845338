import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Catalog } from '../../../../../electron/engine/library/catalog/catalog.ts'
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
  { weight: 1, arbitrary: fc.record({ do: fc.constant('teach' as const), which, teaches: fc.boolean() }) },
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
  #time = 1

  constructor() {
    const made = library(this.#folder)
    this.catalog = made.catalog
    this.#photos = made.photos
    this.states = [rowsOf(this.catalog)]
  }

  step(operation: Operation): void {
    const { albums } = this.catalog
    const [revision, pending] = [albums.revision, albums.pending]
    if (operation.do === 'undo' || operation.do === 'redo') this.turn(operation.do)
    else if (operation.do === 'reopen') this.reopen()
    else {
      const before = rowsOf(this.catalog)
      const refused = this.#change(operation)
      const after = rowsOf(this.catalog)
      const changed = JSON.stringify(after) !== JSON.stringify(before)
      expect(changed && refused).toBe(false)
      if (changed) this.states = [...this.states.slice(0, ++this.at), after]
      else expect([albums.pending, albums.revision]).toEqual([pending, revision])
      if (changed) expect([albums.pending.redo, albums.revision > revision]).toEqual([null, true])
    }
    this.expectHere()
  }

  turn(way: 'undo' | 'redo'): string | null {
    const { albums } = this.catalog
    const announced = albums.pending[way]
    const label = albums[way]()
    expect(label).toBe(announced)
    const to = this.at + (way === 'undo' ? -1 : 1)
    expect(label === null).toBe(to < 0 || to >= this.states.length)
    if (label !== null) this.at = to
    return label
  }

  reopen(): void {
    this.catalog.close()
    this.catalog = scratch.catalog(this.#folder)
  }

  expectHere(): void {
    expect(rowsOf(this.catalog)).toEqual(this.states[this.at])
    const { pending } = this.catalog.albums
    expect([pending.undo === null, pending.redo === null]).toEqual([
      this.at === 0,
      this.at === this.states.length - 1,
    ])
    const names = this.catalog.albums.list().map(album => album.name.toLowerCase())
    expect(new Set(names).size).toBe(names.length)
  }

  /** Answers whether it was refused, which happens for a name that is taken and for nothing else. */
  #change(operation: Exclude<Operation, { do: 'undo' | 'redo' | 'reopen' }>): boolean {
    const { albums } = this.catalog
    const now = this.#time++
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
        const id = albums.create(operation.name, ids(operation.photos), now)
        expect(albums.list().at(-1)).toMatchObject({ id, name: operation.name.trim() })
        expect(albums.photosOf(id)).toEqual(ids(operation.photos))
      })
    if (operation.do === 'notLike') {
      albums.notLike(ids(operation.photos), this.#photos[operation.negative]!, now)
      return false
    }
    if (list.length === 0) return false
    if (operation.do === 'reorder') {
      const order = operation.order.map(pick)
      albums.reorder(order, now)
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
        const added = albums.add(album, ids(operation.photos), now)
        expect(added).toBe(ids(operation.photos).filter(id => !had.has(id)).length)
        expect(new Set(albums.photosOf(album))).toEqual(new Set([...had, ...ids(operation.photos)]))
        return false
      }
      case 'remove': {
        const had = albums.photosOf(album)
        const gone = new Set(ids(operation.photos))
        expect(albums.remove(album, ids(operation.photos), now)).toBe(had.filter(id => gone.has(id)).length)
        expect(albums.photosOf(album)).toEqual(had.filter(id => !gone.has(id)))
        return false
      }
      case 'refuse':
        albums.refuse(album, ids(operation.photos), now)
        expect(albums.refusedIn(album)).toEqual(expect.arrayContaining(ids(operation.photos)))
        expect(albums.photosOf(album).filter(id => ids(operation.photos).includes(id))).toEqual([])
        return false
      case 'rename':
        return unlessTaken(taken(operation.name, album), () => albums.rename(album, operation.name, now))
      case 'delete':
        albums.delete(album, now)
        return false
      case 'teach':
        albums.setTeaches(album, operation.teaches, now)
        return false
    }
  }
}

describe('changes to albums', () => {
  it('can be taken back and done again one by one, exactly, in any order and across reopening', () => {
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

  it('keep the last 200', () => {
    const { catalog } = library()
    const { albums } = catalog
    for (let i = 0; i < 205; i++) albums.create(`Album ${i}`, [], i)
    let undone = 0
    while (albums.undo() !== null) undone++
    expect(undone).toBe(200)
    expect(albums.list().map(album => album.name)).toEqual([0, 1, 2, 3, 4].map(i => `Album ${i}`))
    while (albums.redo() !== null) undone--
    expect(undone).toBe(0)
    expect(albums.list()).toHaveLength(205)
  })

  it('never give the number of an album that was deleted to another', () => {
    const { albums } = library().catalog
    const first = albums.create('One', [], 0)
    albums.delete(first, 1)
    const second = albums.create('Two', [], 2)
    expect(second).toBeGreaterThan(first)
    albums.undo()
    expect(albums.create('Three', [], 3)).toBeGreaterThan(second)
  })

  it('as one change are taken back as one', () => {
    const { catalog, photos } = library()
    const { albums } = catalog
    albums.create('Cats', photos.slice(0, 1), 0)
    const before = rowsOf(catalog)
    albums.createAll(
      [
        { name: 'cats', photos: photos.slice(0, 3), extend: true },
        { name: 'Dogs', photos: photos.slice(3), extend: true },
      ],
      'Make albums of “photos”',
      1,
    )
    expect(albums.list().map(album => [album.name, album.photos])).toEqual([
      ['Cats', 3],
      ['Dogs', 3],
    ])
    expect(albums.undo()).toBe('Make albums of “photos”')
    expect(rowsOf(catalog)).toEqual(before)
  })

  it('make one album of two names that differ in case or in spaces around them', () => {
    const { catalog, photos } = library()
    const { albums } = catalog
    const ids = albums.createAll(
      [
        { name: 'Cats', photos: photos.slice(0, 3), extend: true },
        { name: 'cats ', photos: photos.slice(2, 5), extend: true },
      ],
      'Make albums',
      1,
    )
    expect(new Set(ids).size).toBe(1)
    expect(albums.photosOf(ids[0]!)).toEqual(photos.slice(0, 5))
    expect(albums.labelChanges).toBe(5)
    albums.undo()
    expect(albums.list()).toEqual([])
  })

  it('do all or nothing', async () => {
    const { catalog, photos } = library()
    const { albums } = catalog
    const cats = albums.create('Cats', photos.slice(0, 2), 0)
    const before = [rowsOf(catalog), albums.pending, albums.revision, albums.labelChanges]
    expect(await codeOf(() => albums.add(cats, [photos[3]!, 999 as PhotoId], 1))).toBe('photo-not-found')
    expect(await codeOf(() => albums.refuse(cats, [photos[0]!, 999 as PhotoId], 1))).toBe('photo-not-found')
    expect(await codeOf(() => albums.create('New', [999 as PhotoId], 1))).toBe('photo-not-found')
    expect(await codeOf(() => albums.notLike([photos[0]!], 999 as PhotoId, 1))).toBe('photo-not-found')
    expect(await codeOf(() => albums.notLike([999 as PhotoId], photos[0]!, 1))).toBe('photo-not-found')
    const wanted = [
      { name: 'New', photos },
      { name: 'CATS', photos },
    ]
    expect(await codeOf(() => albums.createAll(wanted, 'Two', 1))).toBe('album-exists')
    expect([rowsOf(catalog), albums.pending, albums.revision, albums.labelChanges]).toEqual(before)
  })
})

describe('an album', () => {
  it('has a name that no other has, whatever its case', async () => {
    const { albums } = library().catalog
    const id = albums.create('  Cats ', [], 0)
    const other = albums.create('Dogs', [], 0)
    expect(albums.idOf('CATS')).toBe(id)
    for (const name of ['Cats', 'cats', ' CATS '])
      expect(await codeOf(() => albums.create(name, [], 0))).toBe('album-exists')
    expect(await codeOf(() => albums.rename(other, 'cATS', 0))).toBe('album-exists')
    albums.rename(id, 'cATS', 0)
    expect(albums.nameOf(id)).toBe('cATS')
  })

  it('is told apart from one that is not there', async () => {
    const { catalog, photos } = library()
    const { albums } = catalog
    const gone = albums.create('Gone', photos, 0)
    albums.delete(gone, 1)
    const calls: (() => unknown)[] = [
      () => albums.idOf('Gone'),
      () => albums.nameOf(gone),
      () => albums.photosOf(gone),
      () => albums.rename(gone, 'Again', 2),
      () => albums.delete(gone, 2),
      () => albums.setTeaches(gone, false, 2),
      () => albums.add(gone, photos, 2),
      () => albums.remove(gone, photos, 2),
      () => albums.refuse(gone, photos, 2),
    ]
    for (const call of calls) expect(await codeOf(call)).toBe('album-not-found')
    expect(albums.list()).toEqual([])
  })

  it('needs a name', async () => {
    const { albums } = library().catalog
    const id = albums.create('Cats', [], 0)
    expect(await codeOf(() => albums.create(' ', [], 0))).toBe('bad-argument')
    expect(await codeOf(() => albums.rename(id, '', 0))).toBe('bad-argument')
    expect(albums.list().map(album => album.name)).toEqual(['Cats'])
  })

  it('comes last when it is new, whatever was deleted before', () => {
    const { albums } = library().catalog
    const [one, two] = ['One', 'Two', 'Three'].map(name => albums.create(name, [], 0))
    albums.delete(one!, 1)
    albums.delete(two!, 1)
    albums.create('Four', [], 2)
    expect(albums.list().map(album => album.name)).toEqual(['Three', 'Four'])
  })

  it('counts and shows only photos that can be reached', () => {
    const { catalog, photos } = library()
    const { albums } = catalog
    const id = albums.create('Cats', photos.slice(0, 3), 0)
    const dogs = albums.create('Dogs', [], 0)
    catalog.files.markMissing(catalog.files.byPath('/photos/0.jpg')!.id)
    expect(albums.list()).toEqual([
      { id, name: 'Cats', teaches: true, photos: 2, cover: photos[1] },
      { id: dogs, name: 'Dogs', teaches: true, photos: 0, cover: null },
    ])
    expect(albums.photosOf(id)).toEqual(photos.slice(1, 3))
    expect(albums.albumsOf(photos[0]!)).toEqual([id])
  })

  it('is not the place of a photo that was said to belong to none of several', async () => {
    const { catalog, photos } = library()
    const { albums } = catalog
    const ids = ['Cats', 'Dogs'].map(name => albums.create(name, [], 1))
    albums.noneOf(ids, photos[0]!, 2)
    for (const id of ids) expect(albums.refusedIn(id)).toEqual([photos[0]])
    expect(albums.isLabelled(photos[0]!)).toBe(true)
    // One change.
    expect(albums.undo()).toBe('None of these')
    for (const id of ids) expect(albums.refusedIn(id)).toEqual([])
    expect(await codeOf(() => albums.noneOf([...ids, 99], photos[0]!, 3))).toBe('album-not-found')
    expect(albums.isLabelled(photos[0]!)).toBe(false)
  })

  it('takes its photos with it when they are edited', () => {
    const { catalog, photos } = library()
    const { albums } = catalog
    const cats = albums.create('Cats', [photos[2]!, photos[0]!, photos[1]!], 5)
    const dogs = albums.create('Dogs', [], 5)
    albums.refuse(dogs, [photos[0]!], 6)
    const [revision, changes] = [albums.revision, albums.labelChanges]
    const edited = putPhoto(catalog, '/photos/0.jpg', 'edited')
    albums.carryOver([{ before: photos[0]!, after: edited }])
    expect(albums.revision).toBeGreaterThan(revision)
    expect(albums.labelChanges).toBe(changes)
    // In its old place.
    expect(albums.photosOf(cats)).toEqual([photos[2], edited, photos[1]])
    expect(albums.refusedIn(dogs)).toEqual([photos[0], edited])
    albums.carryOver([{ before: photos[0]!, after: edited }])
    const unfiled = albums.revision
    albums.carryOver([{ before: photos[5]!, after: edited }])
    expect(albums.revision).toBe(unfiled)
    // What was said of the new version stands.
    albums.remove(cats, [edited], 7)
    albums.refuse(cats, [edited], 7)
    albums.carryOver([{ before: photos[0]!, after: edited }])
    expect(albums.refusedIn(cats)).toEqual([edited])
    // And the album can go and come back with it.
    const before = rowsOf(catalog)
    albums.delete(cats, 8)
    albums.undo()
    expect(rowsOf(catalog)).toEqual(before)
  })
})

describe('labels', () => {
  it('come in a fixed order, whatever the order in which they were given', () => {
    const given = (reverse: boolean): unknown => {
      const { catalog, photos } = library()
      const { albums } = catalog
      const ids = ['Zebras', 'Ants', 'Cats'].map(name => albums.create(name, [], 0))
      const said: [AlbumId, PhotoId][] = ids.flatMap(id =>
        photos.slice(0, 3).map(photo => [id, photo] as [AlbumId, PhotoId]),
      )
      for (const [id, photo] of reverse ? said.reverse() : said) albums.add(id, [photo], 1)
      for (const [id, photo] of reverse
        ? [[ids[1]!, 5] as const, [ids[0]!, 4] as const]
        : [[ids[0]!, 4] as const, [ids[1]!, 5] as const])
        albums.refuse(id, [photos[photo]!], 1)
      const pairs = [
        [2, 1],
        [0, 3],
        [0, 1],
      ]
      for (const [anchor, negative] of reverse ? pairs.reverse() : pairs)
        albums.notLike([photos[anchor!]!], photos[negative!]!, 1)
      albums.reorder(reverse ? ids.toReversed() : ids, 2)
      return albums.labels()
    }
    const labels = given(false)
    expect(given(true)).toEqual(labels)
    expect(labels).toMatchObject({
      albums: [{ name: 'Zebras', usedForTraining: true }, { name: 'Ants' }, { name: 'Cats' }],
      refused: [{ photoId: 5 }, { photoId: 6 }],
      notLike: [
        { anchor: 1, negative: 2 },
        { anchor: 1, negative: 4 },
        { anchor: 3, negative: 2 },
      ],
    })
  })

  it('are counted as they change', () => {
    const { catalog, photos } = library()
    const { albums } = catalog
    const counted = (work: () => unknown): number => {
      const before = albums.labelChanges
      work()
      return albums.labelChanges - before
    }
    let cats = 0
    expect(counted(() => (cats = albums.create('Cats', photos.slice(0, 3), 0)))).toBe(3)
    expect(counted(() => albums.add(cats, photos.slice(1, 5), 1))).toBe(2)
    expect(counted(() => albums.add(cats, photos.slice(1, 5), 1))).toBe(0)
    expect(counted(() => albums.remove(cats, photos.slice(3), 1))).toBe(2)
    expect(counted(() => albums.refuse(cats, photos.slice(2, 4), 1))).toBe(2)
    expect(counted(() => albums.notLike(photos.slice(0, 3), photos[0]!, 1))).toBe(2)
    expect(counted(() => albums.rename(cats, 'Kittens', 1))).toBe(0)
    expect(counted(() => albums.reorder([cats], 1))).toBe(0)
    expect(counted(() => albums.undo())).toBe(0)
    expect(counted(() => albums.undo())).toBe(2)
    expect(counted(() => albums.redo())).toBe(2)
    expect(counted(() => albums.delete(cats, 2))).toBe(4)
    expect(counted(() => albums.undo())).toBe(4)
    expect(counted(() => albums.redo())).toBe(4)
    expect(counted(() => albums.undo())).toBe(4)
    expect(counted(() => albums.setTeaches(cats, false, 3))).toBe(4)
    expect(counted(() => albums.setTeaches(cats, false, 3))).toBe(0)
    expect(counted(() => albums.undo())).toBe(4)
    expect(counted(() => albums.redo())).toBe(4)
    albums.settleLabelChanges()
    expect(albums.labelChanges).toBe(0)
  })
})
