import fc from 'fast-check'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { faissKind } from '../../../../../electron/engine/retrieval/stores/faiss-flat-index.ts'
import { faissStoreKind, FaissStore } from '../../../../../electron/engine/retrieval/stores/faiss-store.ts'
import { flatStoreKind } from '../../../../../electron/engine/retrieval/stores/flat-store.ts'
import type {
  VectorStore,
  VectorStoreKind,
} from '../../../../../electron/engine/retrieval/stores/vector-store.ts'
import { plainKind } from '../../../../../electron/engine/retrieval/stores/plain-flat-index.ts'
import type { FlatIndexKind } from '../../../../../electron/engine/retrieval/stores/flat-index.ts'
import { Random } from '../../../../../electron/shared/random.ts'
import { loadFaiss } from '../../../../../native/faiss.ts'
import { Scratch } from '../../scratch.ts'

const faiss = loadFaiss()
const photoIndex = faiss.ok ? faiss.faiss.photoIndex : undefined
const scratch = new Scratch()

/** An inverted file all of whose lists are looked through is exact, too. */
const invertedFile: VectorStoreKind | undefined = photoIndex && {
  kinds: [],
  create(dimension) {
    const random = new Random(dimension)
    const flat = photoIndex.create(dimension)
    const ids = Uint32Array.from({ length: 64 }, (_, i) => i + 1)
    photoIndex.add(
      flat,
      ids,
      Float32Array.from({ length: 64 * dimension }, () => random.gauss()),
    )
    const lists = photoIndex.train(flat, 7, ids, 3, 1, 1)
    photoIndex.close(flat)
    return new FaissStore(photoIndex, lists)
  },
  read: (...where) => faissStoreKind(photoIndex).read(...where),
}

const collections: [string, VectorStoreKind | undefined][] = [
  ['Faiss, by this binding', photoIndex && faissStoreKind(photoIndex)],
  ['an inverted file of Faiss', invertedFile],
  ["faiss-node's own classes", faiss.ok ? flatStoreKind(faissKind(faiss.faiss)) : undefined],
  ['the built-in search', flatStoreKind(plainKind)],
]
const kinds: [string, FlatIndexKind | undefined][] = [
  ['Faiss', faiss.ok ? faissKind(faiss.faiss) : undefined],
  ['the built-in search', plainKind],
]

/** What is searched, as simply as it can be said. */
class Model {
  readonly vectors = new Map<number, Float32Array>()

  distances(query: Float32Array, among: readonly number[] = [...this.vectors.keys()]): number[] {
    return among
      .flatMap(id => this.vectors.get(id) ?? [])
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
  fc.record({
    do: fc.constant('searchAmong' as const),
    k: fc.integer({ min: 1, max: 70 }),
    among: fc.uniqueArray(fc.integer({ min: 1, max: 80 }), { maxLength: 70 }),
  }),
  fc.record({ do: fc.constant('restart' as const) }),
)

describe.each(collections)('photos in %s', (_, kind) => {
  it.skipIf(!kind)('are found as an exact search does, after any additions, removals and restarts', () => {
    const file = join(scratch.folder(), 'vectors')
    const property = fc.property(
      fc.integer(),
      fc.integer({ min: 1, max: 70 }),
      fc.array(step, { minLength: 1, maxLength: 25 }),
      (seed, dimension, steps) => {
        const random = new Random(seed)
        const vector = (): Float32Array => Float32Array.from({ length: dimension }, () => random.gauss())
        const model = new Model()
        let index: VectorStore = kind!.create(dimension)
        for (const action of steps) {
          if (action.do === 'add') {
            const vectors = new Float32Array(action.ids.length * dimension)
            for (const [row, id] of action.ids.entries()) {
              const fresh = vector()
              vectors.set(fresh, row * dimension)
              if (!model.vectors.has(id)) model.vectors.set(id, fresh)
            }
            index.add(Uint32Array.from(action.ids), vectors)
          } else if (action.do === 'remove') {
            for (const id of action.ids) model.vectors.delete(id)
            index.remove(Uint32Array.from(action.ids))
          } else if (action.do === 'restart') {
            writeFileSync(file, 'a header')
            index.append(file)
            const { size } = index
            index.close()
            index = kind!.read(file, 8, size)
            rmSync(file)
          } else {
            const query = vector()
            const expected = model.distances(query, action.do === 'search' ? undefined : action.among)
            const { ids, distances } =
              action.do === 'search'
                ? index.search(query, action.k, 0)
                : index.searchAmong(query, action.k, Uint32Array.from(action.among))
            const found = Array.from(ids).filter(id => id > 0)
            expect(found).toHaveLength(Math.min(action.k, expected.length))
            expect(new Set(found).size).toBe(found.length)
            for (const [i, id] of found.entries()) {
              expect(distances[i]).toBeCloseTo(expected[i]!, 3)
              const own = Math.hypot(...model.vectors.get(id)!.map((value, n) => value - query[n]!))
              expect(distances[i]).toBeCloseTo(own, 3)
            }
          }
          expect(index.size).toBe(model.vectors.size)
          expect(new Set(index.ids())).toEqual(new Set(model.vectors.keys()))
        }
        index.close()
      },
    )
    fc.assert(property, { numRuns: 120 })
  })
})

describe.each(kinds)('an index by %s', (_, kind) => {
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
