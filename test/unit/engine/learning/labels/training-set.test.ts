import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { NO_FOLD } from '../../../../../electron/engine/learning/labels/folds.ts'
import {
  isTrainable,
  requireEnough,
  splitLabelled,
  trainingSet,
  type TrainingSet,
} from '../../../../../electron/engine/learning/labels/training-set.ts'
import { drawBatch, sourceWithout } from '../../../../../electron/engine/learning/training/triplets.ts'
import type { AlbumLabels, LabelledPhoto } from '../../../../../electron/engine/library/rows.ts'
import type { AlbumId, PhotoId } from '../../../../../electron/shared/ids.ts'
import { Random } from '../../../../../electron/shared/random.ts'
import { codeOf } from '../../scratch.ts'

describe('trainingSet', () => {
  const label = fc.record({
    album: fc.integer({ min: 1, max: 4 }),
    photo: fc.integer({ min: 1, max: 40 }),
    refused: fc.boolean(),
  })
  const givens = fc.record({
    labels: fc.array(label, { maxLength: 120 }),
    pairs: fc.array(fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 })), {
      maxLength: 10,
    }),
    usedForTraining: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
    unknown: fc.uniqueArray(fc.integer({ min: 1, max: 40 }), { maxLength: 5 }),
    copies: fc.uniqueArray(fc.integer({ min: 1, max: 40 }), { maxLength: 6 }),
  })
  type Given = typeof givens extends fc.Arbitrary<infer T> ? T : never

  function make({ labels: given, pairs, usedForTraining, unknown, copies }: Given): {
    set: TrainingSet
    labels: AlbumLabels
  } {
    const labelOf = new Map(given.map(one => [`${one.album}/${one.photo}`, one]))
    const of = (refused: boolean): AlbumLabels['members'] =>
      [...labelOf.values()]
        .filter(one => one.refused === refused)
        .map(one => ({ albumId: one.album as AlbumId, photoId: one.photo as PhotoId }))
    const labels: AlbumLabels = {
      albums: usedForTraining.map((usedForTraining, i) => ({
        id: (i + 1) as AlbumId,
        name: `Album ${i + 1}`,
        usedForTraining,
      })),
      members: of(false),
      refused: of(true),
      notLike: pairs
        .filter(([a, b]) => a !== b)
        .map(([anchor, negative]) => ({ anchor: anchor as PhotoId, negative: negative as PhotoId })),
    }
    const random = new Random('hashes')
    const photos = new Map<PhotoId, LabelledPhoto>()
    for (let id = 1; id <= 40; id++) {
      const own = Buffer.from(Array.from({ length: 8 }, () => random.int(0, 255)))
      photos.set(id as PhotoId, {
        id: id as PhotoId,
        contentHash: Buffer.from([id]),
        fold: -1,
        perceptualHash: copies.includes(id) ? Buffer.alloc(8, 0x33) : own,
        takenAt: null,
        camera: null,
      })
    }
    for (const id of unknown) photos.delete(id as PhotoId)
    return { set: trainingSet(labels, photos), labels }
  }

  test('has a row for each labelled photo with features; sourceWithout leaves out one fold', () => {
    fc.assert(
      fc.property(givens, fc.integer({ min: NO_FOLD, max: 4 }), fc.integer(), (made, fold, seed) => {
        const { set, labels } = make(made)
        expect([...set.ids]).toEqual([...new Set(set.ids)].sort((a, b) => a - b))
        for (const id of made.unknown) expect(set.ids).not.toContain(id)
        const numberOf = (album: AlbumId): number =>
          set.albumNames.indexOf(labels.albums.find(({ id }) => id === album)!.name)
        for (const { albumId, photoId } of labels.members) {
          const row = set.ids.indexOf(photoId)
          const number = numberOf(albumId)
          if (row >= 0 && number >= 0) expect(set.labels.albumsOf[row]).toContain(number)
        }
        for (const [row, albums] of set.labels.albumsOf.entries())
          for (const number of albums)
            expect(
              labels.members.some(
                ({ albumId, photoId }) => photoId === set.ids[row] && numberOf(albumId) === number,
              ),
            ).toBe(true)

        const source = sourceWithout(fold, set)
        expect(source.members).toHaveLength(set.labels.trainable.size)
        const all = [
          ...source.members.flat(),
          ...source.negatives,
          ...source.refused.flat(),
          ...[...source.notLike].flatMap(([anchor, rows]) => [anchor, ...rows]),
          ...drawBatch(source, 32, 4, new Random(seed)),
        ]
        for (const row of all) {
          expect(row).toBeGreaterThanOrEqual(0)
          expect(row).toBeLessThan(set.ids.length)
          expect(set.folds[row]).not.toBe(fold)
        }
        if (fold === NO_FOLD)
          expect(source.members.map(rows => rows.length)).toEqual(
            [...set.labels.trainable].map(
              number => set.labels.albumsOf.filter(albums => albums.includes(number)).length,
            ),
          )
      }),
      { numRuns: 300 },
    )
  })

  test('makes an album trainable with five photos that are no copies, and counts what others lack', () => {
    fc.assert(
      fc.property(givens, made => {
        const { set } = make(made)
        const needed = new Map(set.tooSmall.map(({ album, needs }) => [album, needs]))
        for (const [number, name] of set.albumNames.entries()) {
          const rows = [...set.ids.keys()].filter(row => set.labels.albumsOf[row]!.includes(number))
          const different = new Set(rows.map(row => set.groups[row])).size
          expect(set.labels.trainable.has(number)).toBe(different >= 5)
          expect(needed.get(name)).toBe(different >= 5 ? undefined : 5 - different)
        }
      }),
      { numRuns: 300 },
    )
  })

  test('requireEnough needs two trainable albums', async () => {
    const photos = (album: number, from: number, count: number): Given['labels'] =>
      Array.from({ length: count }, (_, i) => ({ album, photo: from + i, refused: false }))
    const sized = (first: number, second: number, usedForTraining = true): TrainingSet =>
      make({
        labels: [...photos(1, 1, first), ...photos(2, 20, second)],
        pairs: [],
        usedForTraining: [true, usedForTraining, true, true],
        unknown: [],
        copies: [],
      }).set
    expect(await codeOf(() => requireEnough(sized(5, 5)))).toBe('no error')
    expect(await codeOf(() => requireEnough(sized(5, 4)))).toBe('no-albums')
    expect(await codeOf(() => requireEnough(sized(0, 0)))).toBe('no-albums')
    expect(await codeOf(() => requireEnough(sized(5, 5, false)))).toBe('no-albums')
    expect(() => requireEnough(sized(5, 2))).toThrow('there is one. “Album 2” needs 3 more')
  })

  test('splitLabelled divides the photos in albums by the held-out fold', () => {
    fc.assert(
      fc.property(givens, made => {
        const { set } = make(made)
        const { learned, heldOut } = splitLabelled(set)
        const rowsOf = (photos: readonly PhotoId[]): number[] => photos.map(id => set.ids.indexOf(id))
        expect(rowsOf(heldOut).every(row => set.folds[row] === 0)).toBe(true)
        expect(rowsOf(learned).every(row => set.folds[row] !== 0)).toBe(true)
        const inAlbums = [...set.ids.keys()].filter(row => set.labels.albumsOf[row]!.length > 0)
        expect([...rowsOf(learned), ...rowsOf(heldOut)].sort((a, b) => a - b)).toEqual(inAlbums)
        for (const row of set.ids.keys()) if (isTrainable(set, row)) expect(inAlbums).toContain(row)
      }),
      { numRuns: 100 },
    )
  })
})
