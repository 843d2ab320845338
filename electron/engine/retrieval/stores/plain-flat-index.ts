import type { FlatIndex, FlatIndexFactory, NearestPositions } from './flat-index.ts'

/** Exact search in plain TypeScript: for machines without Faiss, and as the reference that Faiss is tested against. */
export class PlainFlatIndex implements FlatIndex {
  readonly kind = 'plain-flat-l2'
  readonly dimension: number
  #vectors: Float32Array
  #size = 0

  constructor(dimension: number, vectors = new Float32Array(0)) {
    this.dimension = dimension
    this.#vectors = vectors
    this.#size = vectors.length / dimension
  }

  get size(): number {
    return this.#size
  }

  add(vectors: Float32Array): void {
    const used = this.#size * this.dimension
    if (used + vectors.length > this.#vectors.length) {
      const grown = new Float32Array(Math.max(used + vectors.length, Math.ceil(this.#vectors.length * 1.5)))
      grown.set(this.#vectors.subarray(0, used))
      this.#vectors = grown
    }
    this.#vectors.set(vectors, used)
    this.#size += vectors.length / this.dimension
  }

  remove(positions: readonly number[]): void {
    const gone = new Set(positions)
    let to = 0
    for (let from = 0; from < this.#size; from++) {
      if (gone.has(from)) continue
      this.#vectors.copyWithin(to * this.dimension, from * this.dimension, (from + 1) * this.dimension)
      to++
    }
    this.#size = to
  }

  search(queries: Float32Array, k: number): NearestPositions {
    const count = queries.length / this.dimension
    const positions = new Int32Array(count * k).fill(-1)
    const distances = new Float32Array(count * k).fill(Infinity)
    for (let q = 0; q < count; q++) {
      const query = queries.subarray(q * this.dimension, (q + 1) * this.dimension)
      this.#nearest(query, positions.subarray(q * k, (q + 1) * k), distances.subarray(q * k, (q + 1) * k))
    }
    for (let i = 0; i < distances.length; i++) distances[i] = Math.sqrt(distances[i]!)
    return { positions, distances }
  }

  serialize(): Uint8Array {
    const header = Uint32Array.of(this.dimension)
    const vectors = this.#vectors.subarray(0, this.#size * this.dimension)
    return Buffer.concat([bytesOf(header), bytesOf(vectors)])
  }

  /** Fills a row by insertion, with squared distances: a heap would pay only for a k of many hundreds. */
  #nearest(query: Float32Array, positions: Int32Array, distances: Float32Array): void {
    const last = distances.length - 1
    for (let p = 0, at = 0; p < this.#size; p++, at += this.dimension) {
      let sum = 0
      for (let i = 0; i < query.length; i++) {
        const difference = this.#vectors[at + i]! - query[i]!
        sum += difference * difference
      }
      if (sum >= distances[last]!) continue
      let slot = last
      for (; slot > 0 && distances[slot - 1]! > sum; slot--) {
        distances[slot] = distances[slot - 1]!
        positions[slot] = positions[slot - 1]!
      }
      distances[slot] = sum
      positions[slot] = p
    }
  }
}

const bytesOf = (array: ArrayBufferView): Buffer =>
  Buffer.from(array.buffer, array.byteOffset, array.byteLength)

export const plainFlatIndexFactory: FlatIndexFactory = {
  kind: 'plain-flat-l2',
  create: dimension => new PlainFlatIndex(dimension),
  deserialize(bytes) {
    const dimension = bytes.readUInt32LE(0)
    const values = Uint8Array.from(bytes.subarray(4))
    if (dimension === 0 || values.length % (4 * dimension) !== 0)
      throw new RangeError('not a plain flat index')
    return new PlainFlatIndex(dimension, new Float32Array(values.buffer))
  },
}
