import type { NearestIds } from '../../../../native/faiss.ts'

/** Vectors under photo ids that can be searched. */
export interface VectorStore {
  readonly kind: string
  readonly dimension: number
  readonly size: number
  /** The lists of an inverted file; 0 where every search goes through all vectors. */
  readonly lists: number
  /** Memory that vectors and ids take, room that was set aside included. */
  readonly bytes: number
  /** Of every vector, in no particular order. */
  ids(): Uint32Array<ArrayBuffer>
  /**
   * An id that is there already keeps its vector.
   * @param vectors `ids × dimension`
   */
  add(ids: Uint32Array, vectors: Float32Array): void
  /** Removes what is there of these ids. */
  remove(ids: Uint32Array): void
  /**
   * The k nearest of each query, nearest first.
   * @param queries `queries × dimension`
   * @param nprobe lists of an inverted file that are looked through; 0: all, which is exact
   */
  search(queries: Float32Array, k: number, nprobe: number): NearestIds
  /** The k nearest of one query among these photos, exactly. */
  searchAmong(query: Float32Array, k: number, among: Uint32Array): NearestIds
  /** Appends the ids and vectors to a file. */
  append(file: string): void
  close(): void
}

/** A kind of vectors that this machine can keep. */
export interface VectorStoreKind {
  /** What files of it are called. */
  readonly kinds: readonly string[]
  create(dimension: number): VectorStore
  /**
   * Reads what {@link VectorStore.append} wrote.
   * @param count vectors in the file
   * @throws when the file holds something else
   */
  read(file: string, offset: number, count: number): VectorStore
}
