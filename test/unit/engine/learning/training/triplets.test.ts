import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Labels } from '../../../../../electron/engine/learning/labels/training-set.ts'
import {
  drawBatch,
  mineTriplets,
  relate,
  type BatchSource,
  type Relation,
} from '../../../../../electron/engine/learning/training/triplets.ts'
import { Random } from '../../../../../electron/shared/random.ts'

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

describe('mineTriplets', () => {
  test.each(['batch-hard', 'semi-hard'] as const)('%s follows its definition', mining => {
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

describe('drawBatch', () => {
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

  test('draws K photos of each of P albums, and a limited number of labelled negatives', () => {
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

  test('draws the same batch for the same seed, and another for another', () => {
    const draw = (seed: number): string => drawBatch(source, 2, 4, new Random(seed)).join()
    expect(draw(1)).toBe(draw(1))
    expect(new Set(Array.from({ length: 50 }, (_, seed) => draw(seed))).size).toBe(50)
  })

  test('draws from all albums where there are fewer than wanted, and reaches each photo', () => {
    const seen = new Set<number>()
    for (let seed = 0; seed < 100; seed++) {
      const rows = drawBatch(source, 32, 4, new Random(seed))
      for (const row of rows) seen.add(row)
      expect(rows).toEqual(expect.arrayContaining([10, 11, 12]))
    }
    expect([...source.members.flat(), ...source.negatives].every(row => seen.has(row))).toBe(true)
  })
})

describe('relate', () => {
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

  test.each([
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

  test('lets negative labels outweigh a shared album', () => {
    expect(pairOf({ notLike: new Map([[0, [1]]]) }, 0, 1)).toBe('negative')
    expect(pairOf({ notLike: new Map([[1, [0]]]) }, 0, 1)).toBe('negative')
    expect(pairOf({ notLike: new Map([[6, [5]]]) }, 5, 6)).toBe('negative')
    // Row 2 shares album 0 with row 0, but does not belong into another album of that row.
    const both: Labels['albumsOf'] = [[0, 3], ...labels.albumsOf.slice(1)]
    expect(pairOf({ albumsOf: both }, 0, 2)).toBe('positive')
    expect(pairOf({ albumsOf: both, refusedBy: [[], [], [3], [], [], [], []] }, 0, 2)).toBe('negative')
  })
})
