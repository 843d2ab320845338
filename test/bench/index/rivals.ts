import { createRequire } from 'node:module'
import { join } from 'node:path'

/** Another vector index from npm. Ids are rows counted from 0. */
export interface Rival {
  readonly name: string
  /** Search effort: more finds more, and takes longer. */
  readonly efforts: readonly number[]
  add(vectors: Float32Array, from: number, to: number, dimension: number): void
  search(query: Float32Array, k: number, effort: number): ArrayLike<number | bigint>
}

interface Hnswlib {
  HierarchicalNSW: new (
    space: 'l2',
    dimension: number,
  ) => {
    initIndex(options: { maxElements: number; m: number; efConstruction: number }): void
    addPoint(point: number[], label: number): void
    setEf(ef: number): void
    searchKnn(point: number[], k: number): { neighbors: number[] }
  }
}

interface Usearch {
  Index: new (options: {
    dimensions: number
    metric: 'l2sq'
    quantization: 'f32'
    connectivity: number
    expansion_add: number
    expansion_search: number
  }) => {
    add(keys: BigUint64Array, vectors: Float32Array, threads: number): void
    search(vector: Float32Array, k: number, threads: number): { keys: BigUint64Array }
  }
}

/** Links of a node, and candidates while building: both projects' default recommendation. */
const LINKS = 16
const BUILD_EFFORT = 128
/** usearch's effort is fixed when an index is made. */
const USEARCH_EFFORT = 128

/**
 * Vector indexes that were installed for this benchmark, in a folder of their own (`npm install hnswlib-node@3.0.0
 * usearch@2.26.2`). They are not dependencies of Kindred.
 */
export function loadRival(name: string, folder: string, dimension: number, count: number): Rival {
  const require = createRequire(join(folder, 'package.json'))
  if (name === 'hnswlib-node') {
    const { HierarchicalNSW } = require('hnswlib-node') as Hnswlib
    const index = new HierarchicalNSW('l2', dimension)
    index.initIndex({ maxElements: count, m: LINKS, efConstruction: BUILD_EFFORT })
    return {
      name,
      efforts: [16, 24, 32, 48, 64, 96, 128, 192, 256, 384],
      add(vectors, from, to) {
        for (let row = from; row < to; row++)
          index.addPoint(Array.from(vectors.subarray(row * dimension, (row + 1) * dimension)), row)
      },
      search(query, k, effort) {
        index.setEf(effort)
        return index.searchKnn(Array.from(query), k).neighbors
      },
    }
  }
  const { Index } = require('usearch') as Usearch
  const index = new Index({
    dimensions: dimension,
    metric: 'l2sq',
    quantization: 'f32',
    connectivity: LINKS,
    expansion_add: BUILD_EFFORT,
    expansion_search: USEARCH_EFFORT,
  })
  return {
    name,
    efforts: [USEARCH_EFFORT],
    add(vectors, from, to) {
      const keys = BigUint64Array.from({ length: to - from }, (_, i) => BigInt(from + i))
      index.add(keys, vectors.subarray(from * dimension, to * dimension), 0)
    },
    search: (query, k) => index.search(query, k, 1).keys,
  }
}
