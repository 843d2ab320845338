import type { PhotoIndexModule } from '../../../../native/faiss.ts'
import { quantile } from '../../../shared/quantile.ts'

export interface MeasuredSearch {
  /** Milliseconds of one query for twenty photos. */
  readonly p50: number
  readonly p95: number
  /** Share of the ten and hundred nearest photos that were found. */
  readonly recallAt10: number
  /** With twice the lists, as longer answers are given. */
  readonly recallAt100: number
}

export interface Measurement {
  /** The index whose exact search tells what is right. */
  readonly exact: number
  /** The index that is measured; its exact search, where nprobe is 0. */
  readonly handle: number
  /** Photos that ask. They are left out of their own answers. */
  readonly queries: Uint32Array
  readonly nprobe: number
}

/** The longest answer for which the number of lists that was measured at ten is enough. */
export const SHORT_ANSWER = 24
/** The longest answer that is approximate at all: everything longer is exact. */
export const LONG_ANSWER = 200

/** Lists that an answer of k photos takes, by the number that was measured for ten; 0: all of them. */
export const probesFor = (k: number, nprobe: number): number =>
  k > LONG_ANSWER ? 0 : k > SHORT_ANSWER ? 2 * nprobe : nprobe

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
      const truth = module
        .search(exact, vector, k + 1, 0)
        .ids.filter(other => other !== id)
        .slice(0, k)
      const found = new Set(module.search(handle, vector, k + 1, probesFor(k + 1, nprobe)).ids)
      return truth.filter(other => other !== 0 && found.has(other)).length / truth.filter(Boolean).length
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
