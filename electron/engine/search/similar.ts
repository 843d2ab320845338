import type { PhotoId } from '../../shared/ids.ts'
import type { SimilarPhoto } from '../../shared/results.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { EmbeddingIndex, Neighbour } from '../index/embedding-index.ts'
import { scoreOf } from './query.ts'

export interface SearchLimits {
  readonly k: number
  /** Scores, 0…1, both included. */
  readonly min: number
  readonly max: number
}

/**
 * The k photos nearest to an embedding whose score lies within the limits, nearest first. Photos of the query are left
 * out. Exact: where photos are left out, more are asked for until k are found or none is left.
 */
export async function findSimilar(
  index: EmbeddingIndex,
  catalog: Catalog,
  embedding: Float32Array,
  queried: ReadonlySet<PhotoId>,
  limits: SearchLimits,
): Promise<SimilarPhoto[]> {
  const within = (n: Neighbour): boolean => {
    const score = scoreOf(n.distance)
    return !queried.has(n.id) && score <= limits.max && score >= limits.min
  }
  for (let ask = limits.k + queried.size; ; ask *= 4) {
    const found = await index.search(embedding, ask)
    const kept = found.filter(within)
    const beyondMin = found.length > 0 && scoreOf(found.at(-1)!.distance) < limits.min
    if (kept.length >= limits.k || beyondMin || found.length < ask)
      return kept.slice(0, limits.k).map((neighbour, i) => describe(catalog, neighbour, i + 1))
  }
}

function describe(catalog: Catalog, { id, distance }: Neighbour, rank: number): SimilarPhoto {
  const path = catalog.files.pathOf(id) ?? ''
  return { rank, id, path, score: scoreOf(distance), distance, albums: [] }
}
