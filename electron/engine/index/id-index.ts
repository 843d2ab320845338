import type { IndexKind, VectorIndex } from './vector-index.ts'

export interface IdNeighbours {
  /** `queries × k` ids; a row shorter than k ends in zeros, which no photo has as id. */
  readonly ids: Uint32Array<ArrayBuffer>
  /** `queries × k` Euclidean distances. */
  readonly distances: Float32Array
}

/** A vector index whose vectors carry photo ids: Faiss counts positions, the library speaks of photos. */
export class IdIndex {
  readonly #vectors: VectorIndex
  readonly #positionOf = new Map<number, number>()
  #ids: number[]

  private constructor(vectors: VectorIndex, ids: number[]) {
    this.#vectors = vectors
    this.#ids = ids
    this.#renumber()
  }

  static empty(kind: IndexKind, dimension: number): IdIndex {
    return new IdIndex(kind.create(dimension), [])
  }

  /** @throws when the bytes are none of this kind or do not hold one vector for each id */
  static restore(kind: IndexKind, ids: Uint32Array, bytes: Buffer, dimension: number): IdIndex {
    const vectors = kind.deserialize(bytes)
    if (vectors.size !== ids.length || vectors.dimension !== dimension)
      throw new RangeError('ids and vectors differ')
    return new IdIndex(vectors, [...ids])
  }

  get kind(): string {
    return this.#vectors.kind
  }

  get dimension(): number {
    return this.#vectors.dimension
  }

  get size(): number {
    return this.#ids.length
  }

  get ids(): Uint32Array<ArrayBuffer> {
    return Uint32Array.from(this.#ids)
  }

  /** Adds vectors under new ids; an id that is there already keeps its vector. */
  add(ids: ArrayLike<number>, vectors: Float32Array): void {
    const fresh = Array.from(ids, (id, row) => ({ id, row })).filter(({ id }) => !this.#positionOf.has(id))
    const chosen = new Float32Array(fresh.length * this.dimension)
    for (const [i, { id, row }] of fresh.entries()) {
      chosen.set(vectors.subarray(row * this.dimension, (row + 1) * this.dimension), i * this.dimension)
      this.#positionOf.set(id, this.#ids.length)
      this.#ids.push(id)
    }
    if (fresh.length > 0) this.#vectors.add(chosen)
  }

  /** Removes what is there of these ids. */
  remove(ids: ArrayLike<number>): void {
    const positions = new Set<number>()
    for (const id of Array.from(ids)) {
      const position = this.#positionOf.get(id)
      if (position !== undefined) positions.add(position)
    }
    if (positions.size === 0) return
    this.#vectors.remove([...positions].sort((a, b) => a - b))
    this.#ids = this.#ids.filter((_, position) => !positions.has(position))
    this.#renumber()
  }

  search(queries: Float32Array, k: number): IdNeighbours {
    const { positions, distances } = this.#vectors.search(queries, k)
    const ids = Uint32Array.from(positions, position => this.#ids[position] ?? 0)
    return { ids, distances }
  }

  serialize(): Uint8Array {
    return this.#vectors.serialize()
  }

  #renumber(): void {
    this.#positionOf.clear()
    for (const [position, id] of this.#ids.entries()) this.#positionOf.set(id, position)
  }
}
