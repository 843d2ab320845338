import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NO_FOLD } from '../../../../../electron/engine/learning/labels/folds.ts'
import {
  requireEnough,
  trainingSet,
  type TrainingSet,
  type Labels,
} from '../../../../../electron/engine/learning/labels/training-set.ts'
import {
  drawBatch,
  mineTriplets,
  relate,
  type BatchSource,
  type Relation,
  sourceWithout,
} from '../../../../../electron/engine/learning/training/triplets.ts'
import type { AlbumId, PhotoId } from '../../../../../electron/shared/ids.ts'
import { Random } from '../../../../../electron/shared/random.ts'
import { codeOf } from '../../scratch.ts'
import type { AlbumLabels, LabelledPhoto } from '../../../../../electron/engine/library/rows.ts'

const batch = fc.integer({ min: 1, max: 12 }).chain(size =>
  fc.record({
    size: fc.constant(size),
    // Few different ones, so that there are ties.
    distances: fc.array(fc.integer({ min: 0, max: 15 }), { minLength: size * size, maxLength: size * size }),
    pairs: fc.array(fc.constantFrom('positive', 'negative', 'neither'), {
      minLength: size * size,
      maxLength: size * size,
    }),
  }),
)

function relationOf(size: number, pairs: readonly string[]): Relation {
  const flags = (kind: string): Uint8Array => Uint8Array.from(pairs, pair => (pair === kind ? 1 : 0))
  return { size, positive: flags('positive'), negative: flags('negative') }
}

describe('mining', () => {
  it.each(['batch-hard', 'semi-hard'] as const)('%s finds what its definition says', mining => {
    fc.assert(
      fc.property(batch, ({ size, distances, pairs }) => {
        const others = (anchor: number, kind: string): number[] =>
          Array.from({ length: size }, (_, i) => i).filter(
            i => i !== anchor && pairs[anchor * size + i] === kind,
          )
        const expected: unknown[] = []
        for (let anchor = 0; anchor < size; anchor++) {
          const distance = (other: number): number => distances[anchor * size + other]!
          const [near, far] = [others(anchor, 'positive'), others(anchor, 'negative').map(distance)]
          if (near.length === 0 || far.length === 0) continue
          if (mining === 'batch-hard')
            expected.push({ anchor, positive: Math.max(...near.map(distance)), negative: Math.min(...far) })
          else
            for (const positive of near) {
              const beyond = far.filter(value => value > distance(positive))
              const negative = beyond.length > 0 ? Math.min(...beyond) : Math.max(...far)
              expected.push({ anchor, positive: distance(positive), negative })
            }
        }
        const relation = relationOf(size, pairs)
        const mined = mineTriplets(Float32Array.from(distances), relation, mining)
        for (const { anchor, positive, negative } of mined) {
          expect(relation.positive[anchor * size + positive]).toBe(1)
          expect(relation.negative[anchor * size + negative]).toBe(1)
          expect([positive, negative]).not.toContain(anchor)
        }
        expect(
          mined.map(({ anchor, positive, negative }) => ({
            anchor,
            positive: distances[anchor * size + positive],
            negative: distances[anchor * size + negative],
          })),
        ).toEqual(expected)
      }),
      { numRuns: 500 },
    )
  })
})

describe('a batch', () => {
  const source: BatchSource = {
    members: [
      [0, 1, 2, 3, 4, 5],
      [10, 11, 12],
      [20, 21, 22, 23, 24],
    ],
    negatives: Array.from({ length: 30 }, (_, i) => 100 + i),
    refused: [[40, 41, 42], [], [50]],
    notLike: new Map([
      [0, [60, 61, 62]],
      [20, [63]],
      [99, [98]],
    ]),
  }

  it('has K photos of each of P albums, and up to so many of those that were named besides', () => {
    for (let seed = 0; seed < 200; seed++) {
      const rows = drawBatch(source, 2, 4, new Random(seed))
      expect(new Set(rows).size).toBe(rows.length)
      const among = (from: number, to: number): number => rows.filter(row => row >= from && row < to).length
      const albums = [among(0, 10), among(10, 20), among(20, 30)]
      expect(albums.filter(count => count > 0)).toHaveLength(2)
      expect(
        albums.map((count, i) => count === 0 || count === Math.min(4, source.members[i]!.length)),
      ).toEqual([true, true, true])
      expect(among(40, 50)).toBe(albums[0]! > 0 ? 2 : 0)
      expect(among(50, 60)).toBe(albums[2]! > 0 ? 1 : 0)
      expect(among(100, 200)).toBe(8)
      expect(among(60, 63)).toBe(rows.includes(0) ? 2 : 0)
      expect(among(63, 64)).toBe(rows.includes(20) ? 1 : 0)
      expect(among(98, 100)).toBe(0)
    }
  })

  it('is the same for the same numbers, and another for others', () => {
    const draw = (seed: number): string => drawBatch(source, 2, 4, new Random(seed)).join()
    expect(draw(1)).toBe(draw(1))
    expect(new Set(Array.from({ length: 50 }, (_, seed) => draw(seed))).size).toBe(50)
  })

  it('takes all albums where there are fewer than wanted, and comes to each photo in time', () => {
    const seen = new Set<number>()
    for (let seed = 0; seed < 100; seed++) {
      const rows = drawBatch(source, 32, 4, new Random(seed))
      for (const row of rows) seen.add(row)
      expect(rows).toEqual(expect.arrayContaining([10, 11, 12]))
    }
    expect([...source.members.flat(), ...source.negatives].every(row => seen.has(row))).toBe(true)
  })
})

describe('what belongs together', () => {
  const labels: Labels = {
    // Rows 0 and 1 in album 0, row 2 in both, row 3 in album 1, 4 and 5 in album 2, which is too small to teach.
    albumsOf: [[0], [0], [0, 1], [1], [2], [2], []],
    trainable: new Set([0, 1]),
    refusedBy: [[], [], [], [], [], [], [0]],
    notLike: new Map(),
  }
  const rows = [0, 1, 2, 3, 4, 5, 6]
  const pairOf = (changed: Partial<Labels>, a: number, b: number): string => {
    const { size, positive, negative } = relate(rows, { ...labels, ...changed })
    const at = a * size + b
    expect(positive[at]! + negative[at]!).toBeLessThanOrEqual(1)
    // Whichever asks.
    expect([positive[b * size + a], negative[b * size + a]]).toEqual([positive[at], negative[at]])
    return positive[at] ? 'positive' : negative[at] ? 'negative' : 'neither'
  }

  it.each([
    ['photos of one album', 0, 1, 'positive'],
    ['photos that share one of several', 0, 2, 'positive'],
    ['the other of them', 2, 3, 'positive'],
    ['photos of different albums', 0, 3, 'negative'],
    ['a photo of an album too small to teach, and one of another', 0, 4, 'negative'],
    ['two of an album too small to teach', 4, 5, 'neither'],
    ['a photo that was refused, and one of that album', 6, 0, 'negative'],
    ['a photo that was refused, and one of another album', 6, 3, 'neither'],
    ['a photo and itself', 0, 0, 'neither'],
  ])('%s', (_, a, b, expected) => {
    expect(pairOf({}, a, b)).toBe(expected)
  })

  it('is outweighed by what was said not to belong together', () => {
    expect(pairOf({ notLike: new Map([[0, [1]]]) }, 0, 1)).toBe('negative')
    expect(pairOf({ notLike: new Map([[1, [0]]]) }, 0, 1)).toBe('negative')
    expect(pairOf({ notLike: new Map([[6, [5]]]) }, 5, 6)).toBe('negative')
    // Row 2 shares album 0 with row 0, but does not belong into another album of that row.
    const both: Labels['albumsOf'] = [[0, 3], ...labels.albumsOf.slice(1)]
    expect(pairOf({ albumsOf: both }, 0, 2)).toBe('positive')
    expect(pairOf({ albumsOf: both, refusedBy: [[], [], [3], [], [], [], []] }, 0, 2)).toBe('negative')
  })
})

describe('a training set', () => {
  const said = fc.record({
    album: fc.integer({ min: 1, max: 4 }),
    photo: fc.integer({ min: 1, max: 40 }),
    refused: fc.boolean(),
  })
  const given = fc.record({
    said: fc.array(said, { maxLength: 120 }),
    pairs: fc.array(fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 })), {
      maxLength: 10,
    }),
    usedForTraining: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
    unknown: fc.uniqueArray(fc.integer({ min: 1, max: 40 }), { maxLength: 5 }),
    copies: fc.uniqueArray(fc.integer({ min: 1, max: 40 }), { maxLength: 6 }),
  })
  type Given = typeof given extends fc.Arbitrary<infer T> ? T : never

  function make({ said, pairs, usedForTraining, unknown, copies }: Given): {
    set: TrainingSet
    labels: AlbumLabels
  } {
    const verdicts = new Map(said.map(one => [`${one.album}/${one.photo}`, one]))
    const of = (refused: boolean): AlbumLabels['members'] =>
      [...verdicts.values()]
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

  it('has a row for each photo with features that something is said of, and never a row of the fold left out', () => {
    fc.assert(
      fc.property(given, fc.integer({ min: NO_FOLD, max: 4 }), fc.integer(), (made, fold, seed) => {
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

  it('lets an album teach with five photos that are no copies, and says what it lacks', () => {
    fc.assert(
      fc.property(given, made => {
        const { set } = make(made)
        const told = new Map(set.tooSmall.map(({ album, needs }) => [album, needs]))
        for (const [number, name] of set.albumNames.entries()) {
          const rows = [...set.ids.keys()].filter(row => set.labels.albumsOf[row]!.includes(number))
          const different = new Set(rows.map(row => set.groups[row])).size
          expect(set.labels.trainable.has(number)).toBe(different >= 5)
          expect(told.get(name)).toBe(different >= 5 ? undefined : 5 - different)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('needs two albums that teach', async () => {
    const photos = (album: number, from: number, count: number): Given['said'] =>
      Array.from({ length: count }, (_, i) => ({ album, photo: from + i, refused: false }))
    const sized = (first: number, second: number, usedForTraining = true): TrainingSet =>
      make({
        said: [...photos(1, 1, first), ...photos(2, 20, second)],
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
})
