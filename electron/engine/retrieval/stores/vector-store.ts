/** @file The port to vectors that can be searched: whatever lies outside this folder knows vectors by it alone. */
import type { NearestIds } from '../../../../native/faiss.ts'

/** Vectors under photo ids that can be searched by Euclidean distance. */
export interface VectorStore {
  /** The name of its format, such as `faiss-flat`: it stands in the header of an index file. */
  readonly kind: string
  readonly dimension: number
  readonly size: number
  /** The lists of an inverted file; 0 where every search goes through all vectors. */
  readonly lists: number
  /** Memory that vectors and ids take, including room set aside for more. */
  readonly bytes: number
  /** The id of every vector, in no particular order. */
  ids(): Uint32Array<ArrayBuffer>
  /**
   * An id that is there already keeps its vector.
   * @param vectors `ids × dimension`
   */
  add(ids: Uint32Array, vectors: Float32Array): void
  /** Removes these ids; those that are not there are ignored. */
  remove(ids: Uint32Array): void
  /**
   * Returns the k nearest of each query, nearest first.
   * @param queries `queries × dimension`
   * @param nprobe lists of an inverted file to look through; 0: all, which is exact
   */
  search(queries: Float32Array, k: number, nprobe: number): NearestIds
  /** Returns the k nearest of one query among these photos, exactly. */
  searchAmong(query: Float32Array, k: number, among: Uint32Array): NearestIds
  /** Appends the ids and vectors to a file. Returns how many: others may change the store up to the moment of writing. */
  append(file: string): number
  /** Frees the memory. */
  close(): void
}

/** Makes vector stores of one implementation, empty or from a file. */
export interface VectorStoreFactory {
  /** The kinds of store that it makes and reads back, that of an empty one first. */
  readonly kinds: readonly string[]
  create(dimension: number): VectorStore
  /**
   * Reads what {@link VectorStore.append} wrote.
   * @param count vectors in the file
   * @throws when the file holds something else
   */
  read(file: string, offset: number, count: number): VectorStore
}
