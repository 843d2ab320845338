import type { PhotoId } from '../../shared/ids.ts'
import type { IndexView, Neighbour } from '../index/embedding-index.ts'
import { scoreOf } from './query.ts'

export interface SearchLimits {
  readonly k: number
  /** Scores, 0…1, both included. */
  readonly min: number
  readonly max: number
  /** Only these photos; all, where it is absent. */
  readonly among?: ReadonlySet<PhotoId> | undefined
}

export interface ScoredPhoto extends Neighbour {
  /** Cosine similarity, clamped to 0…1. */
  readonly score: number
}

/**
 * The k photos nearest to an embedding that lie within the limits, nearest first; the excluded ones are left out.
 * Where photos are left out, more are asked for until k are found or none is left; among chosen photos, these alone
 * are compared.
 */
export async function findSimilar(
  index: IndexView,
  embedding: Float32Array,
  excluded: ReadonlySet<PhotoId>,
  limits: SearchLimits,
): Promise<ScoredPhoto[]> {
  const among = limits.among && Uint32Array.from(limits.among.difference(excluded))
  for (let ask = limits.k + excluded.size; ; ask *= 4) {
    const found = await (among ? index.searchAmong(embedding, ask, among) : index.search(embedding, ask))
    const scored = found.map(({ id, distance }) => ({ id, distance, score: scoreOf(distance) }))
    const kept = scored.filter(
      ({ id, score }) => !excluded.has(id) && score <= limits.max && score >= limits.min,
    )
    const beyondMin = scored.length > 0 && scored.at(-1)!.score < limits.min
    if (kept.length >= limits.k || beyondMin || found.length < ask) return kept.slice(0, limits.k)
  }
}
