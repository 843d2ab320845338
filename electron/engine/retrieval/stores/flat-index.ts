/** The k nearest of each query, nearest first. Rows shorter than k are filled with position −1. */
export interface Neighbours {
  /** `queries × k` positions in the index. */
  readonly positions: Int32Array
  /** `queries × k` Euclidean distances. */
  readonly distances: Float32Array
}

/**
 * A set of vectors by position that can be searched. Positions are dense: a removal moves those behind it forward,
 * in order.
 */
export interface FlatIndex {
  /** Such as `faiss-flat-l2`; an index is only read back by its own kind. */
  readonly kind: string
  readonly dimension: number
  readonly size: number
  /** @param vectors `count × dimension`, copied */
  add(vectors: Float32Array): void
  /** @param positions ascending, each once */
  remove(positions: readonly number[]): void
  /**
   * @param queries `count × dimension`
   * @param k at least 1
   */
  search(queries: Float32Array, k: number): Neighbours
  serialize(): Uint8Array
}

/** A kind of index that this machine can run. */
export interface FlatIndexKind {
  readonly kind: string
  create(dimension: number): FlatIndex
  /** @throws when the bytes are none of this kind */
  deserialize(bytes: Buffer): FlatIndex
}
