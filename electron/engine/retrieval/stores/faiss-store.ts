import type { NearestIds, PhotoIndexModule } from '../../../../native/faiss.ts'
import type { VectorStore, VectorStoreKind } from './vector-store.ts'

export const FLAT = 'faiss-flat'
export const INVERTED_FILE = 'faiss-ivf-flat'

/** Vectors in Faiss, by a handle that all threads share: made by one, they can be searched by another. */
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

  append(file: string): void {
    this.#module.write(this.handle, file)
  }

  close(): void {
    this.#module.close(this.handle)
  }
}

export const faissStoreKind = (module: PhotoIndexModule): VectorStoreKind => ({
  kinds: [FLAT, INVERTED_FILE],
  create: dimension => new FaissStore(module, module.create(dimension)),
  read(file, offset, count) {
    const vectors = new FaissStore(module, module.read(file, offset))
    if (vectors.size === count) return vectors
    vectors.close()
    throw new RangeError('another number of vectors')
  },
})
