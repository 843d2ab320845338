/** What a photo index should be: vectors in a map, searched by a sort. */
export class PlainIndex {
  readonly dimension: number
  readonly vectors: Map<number, Float32Array>

  constructor(dimension: number, vectors: ReadonlyMap<number, Float32Array> = new Map()) {
    this.dimension = dimension
    this.vectors = new Map(vectors)
  }

  add(ids: Uint32Array, vectors: Float32Array): void {
    for (const [row, id] of ids.entries())
      if (!this.vectors.has(id))
        this.vectors.set(id, vectors.slice(row * this.dimension, (row + 1) * this.dimension))
  }

  remove(ids: Uint32Array): void {
    for (const id of ids) this.vectors.delete(id)
  }

  /** Vectors one after the other; those that are not there are skipped. */
  rows(ids: Uint32Array): Float32Array {
    return Float32Array.from(Array.from(ids).flatMap(id => [...(this.vectors.get(id) ?? [])]))
  }

  /** Distances of these photos, or of all, nearest first. */
  distances(query: Float32Array, among: Iterable<number> = this.vectors.keys()): number[] {
    return Array.from(among)
      .flatMap(id => this.vectors.get(id) ?? [])
      .map(vector => distance(vector, query))
      .filter(value => !Number.isNaN(value))
      .sort((a, b) => a - b)
  }
}

export const distance = (a: Float32Array, b: Float32Array): number =>
  Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0))
