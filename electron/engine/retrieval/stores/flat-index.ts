/** The k nearest of each query, nearest first. Rows with fewer than k are filled up with position −1. */
export interface NearestPositions {
  /** `queries × k` positions in the index. */
  readonly positions: Int32Array
  /** `queries × k` Euclidean distances. */
  readonly distances: Float32Array
}

/**
 * Vectors by position that are searched exhaustively: what {@link FlatStore} needs from below, used inside this folder
 * only. Positions are dense: a removal moves those behind it forward, in order.
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
  search(queries: Float32Array, k: number): NearestPositions
  serialize(): Uint8Array
}

/** Makes flat indexes of one kind, empty or from what {@link FlatIndex.serialize} returned. */
export interface FlatIndexFactory {
  readonly kind: string
  create(dimension: number): FlatIndex
  /** @throws when the bytes are of another kind */
  deserialize(bytes: Buffer): FlatIndex
}
