import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  assignFolds,
  FOLDS,
  HELD_OUT,
  type FoldTask,
} from '../../../../../electron/engine/learning/labels/folds.ts'
import { Random } from '../../../../../electron/shared/random.ts'

/** Photos with their albums, their group of near-duplicates, and what was decided of them before. */
const photo = fc.record({
  albums: fc.uniqueArray(fc.integer({ min: 0, max: 4 }), { maxLength: 3 }),
  group: fc.integer({ min: 0, max: 25 }),
  before: fc.constantFrom<number>(-1, -1, -1, 0, 1, 2, 3, 4),
})
type Photo = typeof photo extends fc.Arbitrary<infer T> ? T : never
const photos = fc.array(photo, { minLength: 1, maxLength: 60 })

function question(photos: readonly Photo[]): FoldTask {
  return {
    albumsOf: photos.map(({ albums }) => albums),
    groups: Int32Array.from(photos, ({ group }) => photos.findIndex(other => other.group === group)),
    before: Int8Array.from(photos, ({ before }) => before),
    order: photos.map((_, i) => ((i * 7919) % 1009).toString(16).padStart(4, '0')),
  }
}

/** Of each album, its photos by their groups: on which side the group is, and how many photos of the album it has. */
function albumsOf({ albumsOf, groups }: FoldTask, folds: Int8Array) {
  const albums = new Map<number, Map<number, { fold: number; photos: number }>>()
  for (const [row, numbers] of albumsOf.entries())
    for (const album of numbers) {
      const entries = albums.get(album) ?? new Map<number, { fold: number; photos: number }>()
      albums.set(album, entries)
      const entry = entries.get(groups[row]!) ?? { fold: folds[row]!, photos: 0 }
      entries.set(groups[row]!, { ...entry, photos: entry.photos + 1 })
    }
  return [...albums.values()].map(entries => {
    const list = [...entries.values()]
    const heldOut = list.filter(({ fold }) => fold === HELD_OUT)
    const sum = (of: typeof list): number => of.reduce((total, { photos }) => total + photos, 0)
    return {
      groups: list.length,
      photos: sum(list),
      heldOut: sum(heldOut),
      learnedGroups: list.length - heldOut.length,
    }
  })
}

describe('assignFolds', () => {
  test('assigns five folds, and never divides a group', () => {
    fc.assert(
      fc.property(photos, photos => {
        const asked = question(photos)
        const folds = assignFolds(asked)
        expect(folds).toHaveLength(photos.length)
        expect([...folds].every(fold => fold >= 0 && fold < FOLDS)).toBe(true)
        for (const [row, group] of asked.groups.entries()) expect(folds[row]).toBe(folds[group])
      }),
      { numRuns: 500 },
    )
  })

  test('holds out at least a fifth of each album, unless only one group is left to train on', () => {
    fc.assert(
      fc.property(photos, photos => {
        const asked = question(photos)
        for (const album of albumsOf(asked, assignFolds(asked))) {
          if (album.groups < 2) continue
          expect(album.heldOut).toBeGreaterThan(0)
          if (album.learnedGroups > 1) expect(album.heldOut * FOLDS).toBeGreaterThanOrEqual(album.photos)
        }
      }),
      { numRuns: 1000 },
    )
  })

  test('leaves something to train on in an album that shares no photo with another', () => {
    const alone = fc.array(
      photo.map(made => ({ ...made, albums: made.albums.slice(0, 1), before: -1 })),
      { minLength: 1, maxLength: 60 },
    )
    fc.assert(
      fc.property(alone, photos => {
        const asked = question(photos)
        // Groups within one album, too.
        const groups = asked.groups.map((_, row) =>
          photos.findIndex(
            (other, i) =>
              other.group === photos[row]!.group && asked.albumsOf[i]![0] === asked.albumsOf[row]![0],
          ),
        )
        for (const album of albumsOf({ ...asked, groups }, assignFolds({ ...asked, groups })))
          if (album.groups > 1) expect(album.learnedGroups).toBeGreaterThan(0)
      }),
      { numRuns: 500 },
    )
  })

  test('keeps earlier folds, unless a group must be held out from now on', () => {
    fc.assert(
      fc.property(photos, photos => {
        const asked = question(photos)
        const folds = assignFolds(asked)
        for (const [row, before] of asked.before.entries())
          if (before !== -1 && folds[row] !== before) expect(folds[row]).toBe(HELD_OUT)
        // A photo that was held out stays so; asked again, nothing moves any more.
        for (const [row, before] of asked.before.entries())
          if (before === HELD_OUT) expect(folds[row]).toBe(HELD_OUT)
        expect(assignFolds({ ...asked, before: folds })).toEqual(folds)
      }),
      { numRuns: 500 },
    )
  })

  test('moves no group where a fifth is held out already', () => {
    const groups = Int32Array.from({ length: 20 }, (_, i) => i)
    const before = Int8Array.from(groups, i => (i < 4 ? HELD_OUT : 1 + (i % 4)))
    const albumsOf = Array.from(groups, () => [0])
    const order = Array.from(groups, String)
    expect(assignFolds({ albumsOf, groups, before, order })).toEqual(before)
  })

  test('does not depend on the order in which photos came', () => {
    const fresh = fc.array(
      photo.map(made => ({ ...made, before: -1 })),
      { minLength: 1, maxLength: 40 },
    )
    fc.assert(
      fc.property(fresh, fc.integer(), (made, seed) => {
        const asked = question(made.map((photo, group) => ({ ...photo, group })))
        const folds = assignFolds(asked)
        expect(assignFolds(asked)).toEqual(folds)
        const random = new Random(seed)
        const rows = made.map((_, row) => ({ row, at: random.next() })).sort((a, b) => a.at - b.at)
        const places = rows.map(({ row }) => row)
        const shuffled: FoldTask = {
          ...asked,
          albumsOf: places.map(row => asked.albumsOf[row]!),
          order: places.map(row => asked.order[row]!),
        }
        expect(assignFolds(shuffled)).toEqual(Int8Array.from(places, row => folds[row]!))
      }),
      { numRuns: 200 },
    )
  })

  test('fills folds evenly', () => {
    const groups = Int32Array.from({ length: 100 }, (_, i) => i)
    const folds = assignFolds({
      albumsOf: Array.from(groups, i => [i % 4]),
      groups,
      before: new Int8Array(100).fill(-1),
      order: Array.from(groups, i => ((i * 37) % 101).toString().padStart(3, '0')),
    })
    for (let album = 0; album < 4; album++)
      for (let fold = 0; fold < FOLDS; fold++)
        expect(folds.filter((value, i) => value === fold && i % 4 === album)).toHaveLength(5)
  })
})
