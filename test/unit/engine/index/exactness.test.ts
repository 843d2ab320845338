import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { faissKind } from '../../../../electron/engine/index/faiss-index.ts'
import { IdIndex } from '../../../../electron/engine/index/id-index.ts'
import { plainKind } from '../../../../electron/engine/index/plain-index.ts'
import type { IndexKind } from '../../../../electron/engine/index/vector-index.ts'
import { Random } from '../../../../electron/shared/random.ts'
import { loadFaiss } from '../../../../native/faiss.ts'

const faiss = loadFaiss()
const kinds: [string, IndexKind | undefined][] = [
  ['Faiss', faiss.ok ? faissKind(faiss.faiss) : undefined],
  ['the built-in search', plainKind],
]

/** What is searched, as simply as it can be said. */
class Model {
  readonly vectors = new Map<number, Float32Array>()

  distances(query: Float32Array): number[] {
    return [...this.vectors.values()]
      .map(vector => Math.hypot(...vector.map((value, i) => value - query[i]!)))
      .sort((a, b) => a - b)
  }
}

const step = fc.oneof(
  fc.record({
    do: fc.constant('add' as const),
    ids: fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 30 }),
  }),
  fc.record({
    do: fc.constant('remove' as const),
    ids: fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 20 }),
  }),
  fc.record({ do: fc.constant('search' as const), k: fc.integer({ min: 1, max: 70 }) }),
  fc.record({ do: fc.constant('restart' as const) }),
)

describe.each(kinds)('an index by %s', (_, kind) => {
  it.skipIf(!kind)('answers as an exact search does, after any additions, removals and restarts', () => {
    const property = fc.property(
      fc.integer(),
      fc.integer({ min: 1, max: 70 }),
      fc.array(step, { minLength: 1, maxLength: 25 }),
      (seed, dimension, steps) => {
        const random = new Random(seed)
        const vector = (): Float32Array => Float32Array.from({ length: dimension }, () => random.gauss())
        const model = new Model()
        let index = IdIndex.empty(kind!, dimension)
        for (const action of steps) {
          if (action.do === 'add') {
            const vectors = new Float32Array(action.ids.length * dimension)
            for (const [row, id] of action.ids.entries()) {
              const fresh = vector()
              vectors.set(fresh, row * dimension)
              if (!model.vectors.has(id)) model.vectors.set(id, fresh)
            }
            index.add(action.ids, vectors)
          } else if (action.do === 'remove') {
            for (const id of action.ids) model.vectors.delete(id)
            index.remove(action.ids)
          } else if (action.do === 'restart') {
            index = IdIndex.restore(kind!, index.ids, Buffer.from(index.serialize()), dimension)
          } else {
            const query = vector()
            const { ids, distances } = index.search(query, action.k)
            const found = Array.from(ids).filter(id => id > 0)
            expect(found).toHaveLength(Math.min(action.k, model.vectors.size))
            expect(new Set(found).size).toBe(found.length)
            const expected = model.distances(query)
            for (const [i, id] of found.entries()) {
              expect(distances[i]).toBeCloseTo(expected[i]!, 3)
              const own = Math.hypot(...model.vectors.get(id)!.map((value, n) => value - query[n]!))
              expect(distances[i]).toBeCloseTo(own, 3)
            }
          }
          expect(index.size).toBe(model.vectors.size)
          expect(new Set(index.ids)).toEqual(new Set(model.vectors.keys()))
        }
      },
    )
    fc.assert(property, { numRuns: 120 })
  })

  it.skipIf(!kind)('searches many queries at once as it does one by one', () => {
    const random = new Random(3)
    const vectors = Float32Array.from({ length: 500 * 32 }, () => random.gauss())
    const index = kind!.create(32)
    index.add(vectors)
    const queries = Float32Array.from({ length: 40 * 32 }, () => random.gauss())
    const together = index.search(queries, 7)
    for (let q = 0; q < 40; q++) {
      const alone = index.search(queries.slice(q * 32, (q + 1) * 32), 7)
      expect(together.positions.slice(q * 7, q * 7 + 7)).toEqual(alone.positions)
    }
  })

  it.skipIf(!kind)('refuses bytes that are none of its own', () => {
    expect(() => kind!.deserialize(Buffer.from('rubbish, not an index at all'))).toThrow()
  })
})
