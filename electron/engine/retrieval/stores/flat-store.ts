import { appendFileSync, closeSync, openSync, readFileSync, readSync } from 'node:fs'
import type { NearestIds } from '../../../../native/faiss.ts'
import type { FlatIndex, FlatIndexFactory } from './flat-index.ts'
import type { VectorStore, VectorStoreFactory } from './vector-store.ts'

/** Puts photo ids over a flat index, which knows positions only: used where the binding has no handles of its own. */
export class FlatStore implements VectorStore {
  readonly lists = 0
  readonly #index: FlatIndex
  readonly #positionOf = new Map<number, number>()
  #ids: number[]

  private constructor(index: FlatIndex, ids: number[]) {
    this.#index = index
    this.#ids = ids
    this.#renumber()
  }

  static empty(factory: FlatIndexFactory, dimension: number): FlatStore {
    return new FlatStore(factory.create(dimension), [])
  }

  /** @throws when the bytes are of another kind or do not hold one vector for each id */
  static restore(factory: FlatIndexFactory, ids: Uint32Array, bytes: Buffer): FlatStore {
    const index = factory.deserialize(bytes)
    if (index.size !== ids.length) throw new RangeError('ids and vectors differ')
    return new FlatStore(index, [...ids])
  }

  get kind(): string {
    return this.#index.kind
  }

  get dimension(): number {
    return this.#index.dimension
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
    if (fresh.length > 0) this.#index.add(chosen)
  }

  remove(ids: ArrayLike<number>): void {
    const positions = new Set<number>()
    for (const id of Array.from(ids)) {
      const position = this.#positionOf.get(id)
      if (position !== undefined) positions.add(position)
    }
    if (positions.size === 0) return
    this.#index.remove([...positions].sort((a, b) => a - b))
    this.#ids = this.#ids.filter((_, position) => !positions.has(position))
    this.#renumber()
  }

  search(queries: Float32Array, k: number): NearestIds {
    const { positions, distances } = this.#index.search(queries, k)
    const ids = Uint32Array.from(positions, position => this.#ids[position] ?? 0)
    return { ids, distances: Float32Array.from(distances) }
  }

  /** Searches among all for k, 4k, 16k … nearest, until k of these photos are found or none is left. */
  searchAmong(query: Float32Array, k: number, among: Uint32Array): NearestIds {
    const chosen = new Set(among)
    let asked = k
    let found = this.#searchKept(query, asked, chosen)
    while (found.length < k && asked < this.size) {
      asked *= 4
      found = this.#searchKept(query, asked, chosen)
    }
    return {
      ids: Uint32Array.from({ length: k }, (_, i) => found[i]?.id ?? 0),
      distances: Float32Array.from({ length: k }, (_, i) => found[i]?.distance ?? Infinity),
    }
  }

  append(file: string): number {
    appendFileSync(file, Buffer.from(this.ids().buffer))
    appendFileSync(file, this.#index.serialize())
    return this.size
  }

  close(): void {
    // The garbage collector frees it.
  }

  /** Of the nearest photos, as many as asked for, those that were chosen. */
  #searchKept(query: Float32Array, asked: number, chosen: ReadonlySet<number>) {
    const { ids, distances } = this.search(query, Math.min(asked, this.size))
    const rows = Array.from(ids.keys()).filter(row => chosen.has(ids[row]!))
    return rows.map(row => ({ id: ids[row]!, distance: distances[row]! }))
  }

  #renumber(): void {
    this.#positionOf.clear()
    for (const [position, id] of this.#ids.entries()) this.#positionOf.set(id, position)
  }
}

export const flatStoreFactory = (factory: FlatIndexFactory): VectorStoreFactory => ({
  kinds: [factory.kind],
  create: dimension => FlatStore.empty(factory, dimension),
  read(file, offset, count) {
    const ids = new Uint32Array(count)
    const handle = openSync(file, 'r')
    try {
      if (readSync(handle, ids, 0, ids.byteLength, offset) < ids.byteLength) throw new RangeError('too short')
    } finally {
      closeSync(handle)
    }
    return FlatStore.restore(factory, ids, readFileSync(file).subarray(offset + ids.byteLength))
  },
})
