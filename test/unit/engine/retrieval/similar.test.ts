import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { EmbeddingIndex } from '../../../../electron/engine/retrieval/index/embedding-index.ts'
import { indexHost } from '../../../../electron/engine/retrieval/index/index-host.ts'
import type { IndexView } from '../../../../electron/engine/retrieval/index/index-view.ts'
import { scoreOf } from '../../../../electron/engine/retrieval/index/score.ts'
import { combineEmbeddings } from '../../../../electron/engine/retrieval/query.ts'
import { findSimilar, type Selection } from '../../../../electron/engine/retrieval/similar.ts'
import type { PhotoId } from '../../../../electron/shared/ids.ts'
import { codeOf, putSearchable, rawVersion, Scratch } from '../scratch.ts'

const scratch = new Scratch()
const PHOTOS = 90
let index: EmbeddingIndex
let photos: PhotoId[]
/** The k of each search of the index. */
let asked: number[]

const at = (degrees: number): Float32Array =>
  Float32Array.of(Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180))

/** Photos lie 2° apart, the first at 0°: the score of the n-th for a query at 0° is cos(2n°). */
beforeEach(async () => {
  const folder = scratch.folder()
  const catalog = scratch.catalog(folder)
  const version = rawVersion(catalog, 2)
  photos = Array.from({ length: PHOTOS }, (_, i) =>
    putSearchable(catalog, version, `/${i}.jpg`, [...at(2 * i)]),
  )
  ;({ index } = await EmbeddingIndex.open(catalog, join(folder, 'index.kindred'), version))
  asked = []
})
// After the tests of a file, hooks run last first: the index is closed while its catalog is open.
afterEach(() => index.close())
afterAll(() => indexHost().close())

const find = async (limits: { k?: number; min?: number; max?: number }, queried: readonly number[] = []) => {
  const excluded = new Set(queried.map(n => photos[n]!))
  const found = await index.use(view => {
    const search: IndexView['search'] = (embedding, k) => {
      asked.push(k)
      return view.search(embedding, k)
    }
    return findSimilar({ ...view, search }, at(0), excluded, { k: 10, min: 0, max: 1, ...limits })
  })
  return { found, numbers: found.map(({ id }) => photos.indexOf(id)) }
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i)

describe('similar search', () => {
  test('returns the k nearest, nearest first, with score and distance', async () => {
    const { found, numbers } = await find({ k: 12 })
    expect(numbers).toEqual(range(0, 12))
    for (const [n, { score, distance }] of found.entries()) {
      expect(score).toBeCloseTo(Math.cos((2 * n * Math.PI) / 180), 3)
      expect(distance).toBeCloseTo(2 * Math.sin((n * Math.PI) / 180), 2)
    }
    expect(asked).toEqual([12])
  })

  test('leaves out the photos of the query and still returns k', async () => {
    expect((await find({ k: 5 }, [0])).numbers).toEqual(range(1, 6))
    expect((await find({ k: 5 }, [0, 2, 3, 50])).numbers).toEqual([1, 4, 5, 6, 7])
    expect(asked).toEqual([6, 9])
  })

  test('returns scores of at least the minimum', async () => {
    // cos(60°) = 0.5 is the 30th; half precision may put it on either side.
    expect((await find({ k: 90, min: 0.51 })).numbers).toEqual(range(0, 30))
    expect((await find({ min: 0.51 })).numbers).toEqual(range(0, 10))
    expect((await find({ min: 1 }, [0])).numbers).toEqual([])
  })

  test('returns scores of at most the maximum, and searches for as many as that takes', async () => {
    expect((await find({ k: 10, max: 0.49 })).numbers).toEqual(range(31, 41))
    expect(asked).toEqual([10, 40, 160])
    expect((await find({ k: 3, min: 0.3, max: 0.49 })).numbers).toEqual(range(31, 34))
    expect((await find({ k: 50, min: 0.3, max: 0.49 })).numbers).toEqual(range(31, 37))
  })

  test('returns all photos where k is larger', async () => {
    expect((await find({ k: 1000 })).numbers).toHaveLength(PHOTOS)
    expect((await find({ k: 1000 }, [0, 1])).numbers).toHaveLength(PHOTOS - 2)
  })

  test('returns nothing where there is no other photo', async () => {
    await index.remove(photos.slice(1))
    expect((await find({ k: 10 }, [0])).numbers).toEqual([])
    await index.remove(photos)
    expect((await find({ k: 10 })).numbers).toEqual([])
  })

  test('scores 0 beyond a right angle, and orders by distance there', async () => {
    const { found } = await find({ k: PHOTOS })
    expect(found.slice(46).every(({ score }) => score === 0)).toBe(true)
    expect(found.map(({ distance }) => distance)).toEqual(
      found.map(({ distance }) => distance).sort((a, b) => a - b),
    )
  })
})

describe('similar search within a selection', () => {
  const LIBRARY = 5000
  let wide: EmbeddingIndex
  let ids: PhotoId[]

  beforeAll(async () => {
    const folder = scratch.folder()
    const catalog = scratch.catalog(folder)
    const version = rawVersion(catalog, 2)
    ids = catalog.transaction(() =>
      Array.from({ length: LIBRARY }, (_, i) =>
        putSearchable(catalog, version, `/${i}.jpg`, [...at((360 * i) / LIBRARY)]),
      ),
    )
    ;({ index: wide } = await EmbeddingIndex.open(catalog, join(folder, 'index.kindred'), version))
  })
  afterAll(() => wide.close())

  /** @param knownFew up to how many photos the selection knows without a query */
  async function within(
    chosen: ReadonlySet<PhotoId>,
    k: number,
    excluded: readonly PhotoId[],
    knownFew: number,
  ) {
    const asked = { all: 0, few: 0 }
    const selection: Selection = {
      few: most => {
        const few = chosen.size <= Math.min(most, knownFew) ? chosen : undefined
        if (few) asked.few++
        return few
      },
      of: photos => new Set(photos.filter(id => chosen.has(id))),
      all: () => {
        asked.all++
        return Promise.resolve(chosen)
      },
    }
    const limits = { k, min: 0, max: 1, within: selection }
    const found = await wide.use(view => findSimilar(view, at(0), new Set(excluded), limits))
    return { found: found.map(({ distance }) => distance), numbers: found.map(({ id }) => id), asked }
  }

  test('returns the k nearest of any selection, however few or many and however far away', async () => {
    const nearest = (await wide.search(at(0), LIBRARY)).map(({ id, distance }) => ({ id, distance }))
    const property = fc.asyncProperty(
      fc.record({
        from: fc.integer({ min: 0, max: LIBRARY - 1 }),
        count: fc.oneof(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: LIBRARY })),
        each: fc.integer({ min: 1, max: 7 }),
        k: fc.integer({ min: 1, max: 60 }),
        left: fc.integer({ min: 0, max: 5 }),
        knownFew: fc.constantFrom(0, LIBRARY),
      }),
      async ({ from, count, each, k, left, knownFew }) => {
        const chosen = new Set(
          nearest
            .slice(from, from + count)
            .filter((_, i) => i % each === 0)
            .map(({ id }) => id),
        )
        const excluded = nearest.slice(from, from + left).map(({ id }) => id)
        const { found, numbers } = await within(chosen, k, excluded, knownFew)
        const expected = nearest.filter(({ id }) => chosen.has(id) && !excluded.includes(id)).slice(0, k)
        expect(numbers.every(id => chosen.has(id) && !excluded.includes(id))).toBe(true)
        expect(found).toEqual(expected.map(({ distance }) => expect.closeTo(distance, 3) as number))
      },
    )
    await fc.assert(property, { numRuns: 60 })
  })

  test('takes the cheapest way: the few alone, the nearest of all, or all of the selection', async () => {
    const near = new Set(ids)
    const far = new Set((await wide.search(at(180), 300)).map(({ id }) => id))
    expect((await within(far, 10, [], LIBRARY)).asked).toEqual({ few: 1, all: 0 })
    expect((await within(near, 10, [], 0)).asked).toEqual({ few: 0, all: 0 })
    expect((await within(far, 10, [], 0)).asked).toEqual({ few: 0, all: 1 })
  })
})

describe('combining embeddings', () => {
  const vector = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 5, maxLength: 5 })
  const plain = (embedding: Float32Array): { embedding: Float32Array } => ({ embedding })
  const unit = (values: readonly number[]): Float32Array => {
    const length = Math.hypot(...values)
    return Float32Array.from(values, value => (length > 0.01 ? value / length : 0.4))
  }

  test('returns the mean of the positives less half the mean of the negatives, of length 1', () => {
    const examples = (minLength: number) => fc.array(vector, { minLength, maxLength: 5 })
    fc.assert(
      fc.property(examples(1), examples(0), (wanted, unwanted) => {
        const [positives, negatives] = [wanted.map(unit), unwanted.map(unit)]
        const mean = (vectors: readonly Float32Array[], i: number): number =>
          vectors.reduce((sum, one) => sum + one[i]! / vectors.length, 0)
        const expected = Array.from({ length: 5 }, (_, i) => mean(positives, i) - mean(negatives, i) / 2)
        const length = Math.hypot(...expected)
        fc.pre(length > 0.05)
        const combined = combineEmbeddings(positives.map(plain), negatives.map(plain))
        for (const [i, value] of combined.entries()) expect(value).toBeCloseTo(expected[i]! / length, 4)
      }),
    )
  })

  test('weighs the negatives by half, however many there are', () => {
    const one = combineEmbeddings([plain(Float32Array.of(1, 0))], [plain(Float32Array.of(0, 1))])
    const many = combineEmbeddings(
      [plain(Float32Array.of(1, 0))],
      Array.from({ length: 7 }, () => plain(Float32Array.of(0, 1))),
    )
    const length = Math.hypot(1, 0.5)
    for (const combined of [one, many]) {
      expect(combined[0]).toBeCloseTo(1 / length, 5)
      expect(combined[1]).toBeCloseTo(-0.5 / length, 5)
    }
  })

  test('leaves its arguments as they were, and returns zero where they cancel', () => {
    const positive = Float32Array.of(3, 4)
    combineEmbeddings([plain(positive)], [plain(Float32Array.of(0, 1))])
    expect([...positive]).toEqual([3, 4])
    const opposite = [Float32Array.of(1, 0), Float32Array.of(-1, 0)].map(plain)
    expect([...combineEmbeddings(opposite, [])]).toEqual([0, 0])
  })

  test('refuses to combine no positives', async () => {
    expect(await codeOf(() => combineEmbeddings([], [plain(Float32Array.of(1))]))).toBe('bad-argument')
  })
})

describe('score', () => {
  test('is the cosine of unit vectors, clamped to 0…1', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 360, noNaN: true }), angle => {
        const distance = Math.hypot(at(0)[0]! - at(angle)[0]!, at(0)[1]! - at(angle)[1]!)
        expect(scoreOf(distance)).toBeCloseTo(Math.max(0, Math.cos((angle * Math.PI) / 180)), 5)
      }),
    )
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e6, noNaN: true }),
        fc.double({ min: 0, max: 3, noNaN: true }),
        (distance, more) => {
          expect(scoreOf(distance) >= 0 && scoreOf(distance) <= 1).toBe(true)
          expect(scoreOf(distance + more)).toBeLessThanOrEqual(scoreOf(distance))
        },
      ),
    )
  })
})
