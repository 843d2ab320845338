import type { FaissModule } from '../../../../native/faiss.ts'
import type { FlatIndex, FlatIndexFactory, NearestPositions } from './flat-index.ts'

type FaissFlat = InstanceType<FaissModule['IndexFlatL2']>

/** Vectors passed in one call: the binding takes plain arrays, at eight bytes a number and more. */
const CHUNK = 4096

/** Exact Euclidean search by faiss-node's IndexFlatL2. */
class FaissFlatIndex implements FlatIndex {
  readonly kind = 'faiss-flat-l2'
  readonly dimension: number
  readonly #index: FaissFlat

  constructor(index: FaissFlat) {
    this.#index = index
    this.dimension = index.getDimension()
  }

  get size(): number {
    return this.#index.ntotal()
  }

  add(vectors: Float32Array): void {
    const step = CHUNK * this.dimension
    for (let at = 0; at < vectors.length; at += step)
      this.#index.add(Array.from(vectors.subarray(at, at + step)))
  }

  remove(positions: readonly number[]): void {
    if (positions.length > 0) this.#index.removeIds([...positions])
  }

  search(queries: Float32Array, k: number): NearestPositions {
    const count = queries.length / this.dimension
    const positions = new Int32Array(count * k).fill(-1)
    const distances = new Float32Array(count * k).fill(Infinity)
    // Faiss refuses a k above the number of vectors.
    const found = Math.min(k, this.size)
    if (found === 0) return { positions, distances }
    const nearest = this.#index.search(Array.from(queries), found)
    for (let q = 0; q < count; q++)
      for (let i = 0; i < found; i++) {
        positions[q * k + i] = nearest.labels[q * found + i]!
        // Faiss returns squared distances, which rounding sometimes puts just below zero.
        distances[q * k + i] = Math.sqrt(Math.max(0, nearest.distances[q * found + i]!))
      }
    return { positions, distances }
  }

  serialize(): Uint8Array {
    return this.#index.toBuffer()
  }
}

export const faissFlatIndexFactory = (faiss: FaissModule): FlatIndexFactory => ({
  kind: 'faiss-flat-l2',
  create: dimension => new FaissFlatIndex(new faiss.IndexFlatL2(dimension)),
  deserialize: bytes => new FaissFlatIndex(faiss.IndexFlatL2.fromBuffer(bytes)),
})
