import { closeSync, openSync, readSync, statSync } from 'node:fs'
import type { NearestIds, PhotoIndexModule } from '../../../../native/faiss.ts'
import type { VectorStore, VectorStoreFactory } from './vector-store.ts'

/** Every search goes through all vectors. */
export const FLAT = 'faiss-flat'
/** A search goes through the vectors of the lists nearest to the query. */
export const INVERTED_FILE = 'faiss-ivf-flat'

/** Vectors in Faiss, by a native handle that means the same in every thread: made by one, searched by another. */
export class FaissStore implements VectorStore {
  readonly handle: number
  readonly #module: PhotoIndexModule

  constructor(module: PhotoIndexModule, handle: number) {
    this.#module = module
    this.handle = handle
  }

  get kind(): string {
    return this.lists > 0 ? INVERTED_FILE : FLAT
  }

  get dimension(): number {
    return this.#module.describe(this.handle).dimension
  }

  get size(): number {
    return this.#module.describe(this.handle).size
  }

  get lists(): number {
    return this.#module.describe(this.handle).lists
  }

  get bytes(): number {
    return this.#module.describe(this.handle).bytes
  }

  ids(): Uint32Array<ArrayBuffer> {
    return this.#module.ids(this.handle)
  }

  add(ids: Uint32Array, vectors: Float32Array): void {
    this.#module.add(this.handle, ids, vectors)
  }

  remove(ids: Uint32Array): void {
    this.#module.remove(this.handle, ids)
  }

  search(queries: Float32Array, k: number, nprobe: number): NearestIds {
    return this.#module.search(this.handle, queries, k, nprobe)
  }

  searchAmong(query: Float32Array, k: number, among: Uint32Array): NearestIds {
    return this.#module.searchAmong(this.handle, query, k, among)
  }

  append(file: string): number {
    const at = statSync(file).size
    this.#module.write(this.handle, file)
    return countIn(file, at)
  }

  close(): void {
    this.#module.close(this.handle)
  }
}

/** The number of vectors of an index that Faiss wrote: it follows the kind and the dimension, of four bytes each. */
function countIn(file: string, at: number): number {
  const handle = openSync(file, 'r')
  try {
    const count = new BigInt64Array(1)
    readSync(handle, count, 0, count.byteLength, at + 8)
    return Number(count[0])
  } finally {
    closeSync(handle)
  }
}

export const faissStoreFactory = (module: PhotoIndexModule): VectorStoreFactory => ({
  kinds: [FLAT, INVERTED_FILE],
  create: dimension => new FaissStore(module, module.create(dimension)),
  read(file, offset, count) {
    const store = new FaissStore(module, module.read(file, offset))
    if (store.size === count) return store
    store.close()
    throw new RangeError('another number of vectors')
  },
})
