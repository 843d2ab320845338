import { appendFileSync, closeSync, openSync, readFileSync, readSync } from 'node:fs'
import type { NearestIds } from '../../../../native/faiss.ts'
import type { VectorStore, VectorStoreKind } from './vector-store.ts'
import type { FlatIndexKind, FlatIndex } from './flat-index.ts'

/** A vector index that counts positions, under photo ids: where the binding has nothing better. */
export class FlatStore implements VectorStore {
  readonly lists = 0
  readonly #vectors: FlatIndex
  readonly #positionOf = new Map<number, number>()
  #ids: number[]

  private constructor(vectors: FlatIndex, ids: number[]) {
    this.#vectors = vectors
    this.#ids = ids
    this.#renumber()
  }

  static empty(kind: FlatIndexKind, dimension: number): FlatStore {
    return new FlatStore(kind.create(dimension), [])
  }

  /** @throws when the bytes are none of this kind or do not hold one vector for each id */
  static restore(kind: FlatIndexKind, ids: Uint32Array, bytes: Buffer): FlatStore {
    const vectors = kind.deserialize(bytes)
    if (vectors.size !== ids.length) throw new RangeError('ids and vectors differ')
    return new FlatStore(vectors, [...ids])
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

  get bytes(): number {
    return this.size * (this.dimension + 1) * 4
  }

  ids(): Uint32Array<ArrayBuffer> {
    return Uint32Array.from(this.#ids)
  }

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

  search(queries: Float32Array, k: number): NearestIds {
    const { positions, distances } = this.#vectors.search(queries, k)
    const ids = Uint32Array.from(positions, position => this.#ids[position] ?? 0)
    return { ids, distances: Float32Array.from(distances) }
  }

  /** Asks for more and more until k of these photos are found or none is left. */
  searchAmong(query: Float32Array, k: number, among: Uint32Array): NearestIds {
    const chosen = new Set(among)
    for (let ask = k; ; ask *= 4) {
      const found = this.search(query, Math.min(ask, this.size))
      const rows = Array.from(found.ids.keys()).filter(row => chosen.has(found.ids[row]!))
      if (rows.length < k && ask < this.size) continue
      const kept = rows.slice(0, k)
      return {
        ids: Uint32Array.from({ length: k }, (_, i) => found.ids[kept[i] ?? -1] ?? 0),
        distances: Float32Array.from({ length: k }, (_, i) => found.distances[kept[i] ?? -1] ?? Infinity),
      }
    }
  }

  append(file: string): void {
    appendFileSync(file, Buffer.from(this.ids().buffer))
    appendFileSync(file, this.#vectors.serialize())
  }

  close(): void {
    // The garbage collector frees it.
  }

  #renumber(): void {
    this.#positionOf.clear()
    for (const [position, id] of this.#ids.entries()) this.#positionOf.set(id, position)
  }
}

export const flatStoreKind = (kind: FlatIndexKind): VectorStoreKind => ({
  kinds: [kind.kind],
  create: dimension => FlatStore.empty(kind, dimension),
  read(file, offset, count) {
    const ids = new Uint32Array(count)
    const handle = openSync(file, 'r')
    try {
      if (readSync(handle, ids, 0, ids.byteLength, offset) < ids.byteLength) throw new RangeError('too short')
    } finally {
      closeSync(handle)
    }
    return FlatStore.restore(kind, ids, readFileSync(file).subarray(offset + ids.byteLength))
  },
})
