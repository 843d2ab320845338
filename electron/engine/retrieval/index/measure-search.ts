import type { PhotoIndexModule } from '../../../../native/faiss.ts'
import { quantile } from '../../../shared/quantile.ts'

export interface MeasuredSearch {
  /** Milliseconds of one query for twenty photos: median and 95th percentile. */
  readonly p50: number
  readonly p95: number
  readonly recallAt10: number
  /** With twice the lists, as a search for so many photos takes. */
  readonly recallAt100: number
}

export interface Measurement {
  /** Handle of the index whose exact search is the truth. */
  readonly exact: number
  /** Handle of the index that is measured. */
  readonly handle: number
  /** Photos whose vectors are the queries. They do not count among their own neighbours. */
  readonly queries: Uint32Array
  /** 0: exact search. */
  readonly nprobe: number
}

/** The most photos for which the nprobe that was measured at ten is enough. */
export const SHORT_RESULT = 24
/** The most photos for which a search is approximate: a search for more is exact. */
export const LONG_RESULT = 200

/** Returns the nprobe of a search for k photos, from the one measured at ten; 0: all lists. */
export const probesFor = (k: number, nprobe: number): number =>
  k > LONG_RESULT ? 0 : k > SHORT_RESULT ? 2 * nprobe : nprobe

export function measureSearch(module: PhotoIndexModule, measurement: Measurement): MeasuredSearch {
  const { exact, handle, nprobe } = measurement
  const queries = Array.from(measurement.queries, id => ({
    id,
    vector: module.vectors(exact, Uint32Array.of(id)),
  })).filter(({ vector }) => vector.length > 0)
  const times = queries.map(({ vector }) => {
    const started = performance.now()
    module.search(handle, vector, 20, probesFor(20, nprobe))
    return performance.now() - started
  })
  const recall = (k: number): number => {
    const shares = queries.map(({ id, vector }) => {
      const nearest = module.search(exact, vector, k + 1, 0).ids.filter(other => other !== id)
      const truth = nearest.slice(0, k).filter(other => other !== 0)
      const found = new Set(module.search(handle, vector, k + 1, probesFor(k + 1, nprobe)).ids)
      return truth.filter(other => found.has(other)).length / truth.length
    })
    return shares.reduce((sum, share) => sum + share, 0) / shares.length
  }
  return {
    p50: quantile(times, 0.5),
    p95: quantile(times, 0.95),
    recallAt10: nprobe === 0 ? 1 : recall(10),
    recallAt100: nprobe === 0 ? 1 : recall(100),
  }
}
