import { Random } from '../../shared/random.ts'
import type { Interval, Metrics } from '../../shared/results.ts'

/** Retrieval quality of a single query. */
export interface QueryQuality {
  readonly hitAt1: number
  readonly hitAt10: number
  readonly rPrecision: number
  readonly averagePrecisionAtR: number
}

/**
 * @param relevant for each result, nearest first, whether it is of the query's class; at least `max(10, r)` of them
 *   where there are so many
 * @param r size of the class less one: how many relevant photos there are to find
 * @see Musgrave, Belongie, Lim, "A Metric Learning Reality Check", 2020: MAP@R = (1/R) Σ_{i ≤ R} precision(i) where the
 *   i-th is relevant
 */
export function assess(relevant: readonly boolean[], r: number): QueryQuality {
  let hits = 0
  let sum = 0
  for (let i = 0; i < r; i++) {
    if (!relevant[i]) continue
    hits++
    sum += hits / (i + 1)
  }
  return {
    hitAt1: relevant[0] ? 1 : 0,
    hitAt10: relevant.slice(0, 10).includes(true) ? 1 : 0,
    rPrecision: hits / r,
    averagePrecisionAtR: sum / r,
  }
}

const RESAMPLES = 1000

/** Means over the queries, with 95 % percentile bootstrap intervals. The same queries give the same intervals. */
export function summarise(queries: readonly QueryQuality[], seed = 1): Metrics {
  const column = (key: keyof QueryQuality): Float64Array => Float64Array.from(queries, query => query[key])
  const hitAt1 = column('hitAt1')
  const precision = column('averagePrecisionAtR')
  return {
    queries: queries.length,
    recallAt1: mean(hitAt1),
    recallAt10: mean(column('hitAt10')),
    rPrecision: mean(column('rPrecision')),
    mapAtR: mean(precision),
    interval: { recallAt1: bootstrap(hitAt1, seed), mapAtR: bootstrap(precision, seed) },
  }
}

function mean(values: Float64Array): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
}

function bootstrap(values: Float64Array, seed: number): Interval {
  if (values.length === 0) return [0, 0]
  const random = new Random(seed)
  const means = Float64Array.from({ length: RESAMPLES }, () => {
    let sum = 0
    for (let left = values.length; left > 0; left--) sum += values[Math.floor(random.next() * values.length)]!
    return sum / values.length
  }).sort()
  return [means[Math.round(RESAMPLES * 0.025)]!, means[Math.round(RESAMPLES * 0.975) - 1]!]
}
