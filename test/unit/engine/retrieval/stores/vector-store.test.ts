import fc from 'fast-check'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { plainStoreFactory } from '../../../../../electron/engine/retrieval/stores/choose-vector-store.ts'
import { faissFlatIndexFactory } from '../../../../../electron/engine/retrieval/stores/faiss-flat-index.ts'
import { FaissStore, faissStoreFactory } from '../../../../../electron/engine/retrieval/stores/faiss-store.ts'
import { flatStoreFactory } from '../../../../../electron/engine/retrieval/stores/flat-store.ts'
import type {
  VectorStore,
  VectorStoreFactory,
} from '../../../../../electron/engine/retrieval/stores/vector-store.ts'
import { Random } from '../../../../../electron/shared/random.ts'
import { loadFaiss } from '../../../../../native/faiss.ts'
import { Scratch } from '../../scratch.ts'

const faiss = loadFaiss()
const photoIndex = faiss.ok ? faiss.faiss.photoIndex : undefined
const scratch = new Scratch()

/** An inverted file is exact, too, where all of its lists are looked through. */
const invertedFile: VectorStoreFactory | undefined = photoIndex && {
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
  read: (...where) => faissStoreFactory(photoIndex).read(...where),
}

const factories: [string, VectorStoreFactory | undefined][] = [
  ['Faiss by native handles', photoIndex && faissStoreFactory(photoIndex)],
  ['an inverted file of Faiss', invertedFile],
  ["faiss-node's own classes", faiss.ok ? flatStoreFactory(faissFlatIndexFactory(faiss.faiss)) : undefined],
  ['plain TypeScript', plainStoreFactory],
]

/** The same vectors in a map, searched by a sort. */
class Reference {
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

describe.each(factories)('vector store: %s', (_, factory) => {
  test.skipIf(!factory)('finds what an exact search finds after any additions, removals and restarts', () => {
    const file = join(scratch.folder(), 'vectors')
    const property = fc.property(
      fc.integer(),
      fc.integer({ min: 1, max: 70 }),
      fc.array(step, { minLength: 1, maxLength: 25 }),
      (seed, dimension, steps) => {
        const random = new Random(seed)
        const vector = (): Float32Array => Float32Array.from({ length: dimension }, () => random.gauss())
        const reference = new Reference()
        let store: VectorStore = factory!.create(dimension)
        for (const action of steps) {
          if (action.do === 'add') {
            const vectors = new Float32Array(action.ids.length * dimension)
            for (const [row, id] of action.ids.entries()) {
              const fresh = vector()
              vectors.set(fresh, row * dimension)
              if (!reference.vectors.has(id)) reference.vectors.set(id, fresh)
            }
            store.add(Uint32Array.from(action.ids), vectors)
          } else if (action.do === 'remove') {
            for (const id of action.ids) reference.vectors.delete(id)
            store.remove(Uint32Array.from(action.ids))
          } else if (action.do === 'restart') {
            writeFileSync(file, 'a header')
            store.append(file)
            const { size } = store
            store.close()
            store = factory!.read(file, 8, size)
            rmSync(file)
          } else {
            const query = vector()
            const expected = reference.distances(query, action.do === 'search' ? undefined : action.among)
            const { ids, distances } =
              action.do === 'search'
                ? store.search(query, action.k, 0)
                : store.searchAmong(query, action.k, Uint32Array.from(action.among))
            const found = Array.from(ids).filter(id => id > 0)
            expect(found).toHaveLength(Math.min(action.k, expected.length))
            expect(new Set(found).size).toBe(found.length)
            for (const [i, id] of found.entries()) {
              expect(distances[i]).toBeCloseTo(expected[i]!, 3)
              const own = Math.hypot(...reference.vectors.get(id)!.map((value, n) => value - query[n]!))
              expect(distances[i]).toBeCloseTo(own, 3)
            }
          }
          expect(store.size).toBe(reference.vectors.size)
          expect(new Set(store.ids())).toEqual(new Set(reference.vectors.keys()))
        }
        store.close()
      },
    )
    fc.assert(property, { numRuns: 120 })
  })
})
