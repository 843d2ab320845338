import { Random } from '../../../shared/random.ts'
import type { Figure, Interval, Metrics } from '../../../shared/results.ts'

/** The retrieval quality of a single query. */
export interface QueryQuality {
  readonly hitAt1: number
  readonly hitAt10: number
  readonly rPrecision: number
  readonly averagePrecisionAtR: number
}

/**
 * @param relevant for each result, nearest first, whether it is of the query's class: `max(10, r)` results, or all where
 *   there are fewer
 * @param r how many relevant photos there are: the size of the class less one
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

/** Returns MAP@R alone, without an interval; 0 without queries. */
export const mapAtR = (queries: readonly QueryQuality[]): number =>
  queries.reduce((sum, { averagePrecisionAtR }) => sum + averagePrecisionAtR, 0) / Math.max(1, queries.length)

const RESAMPLES = 1000

/** Each figure is the mean of this value of the queries. */
export const figures: Readonly<Record<Figure, keyof QueryQuality>> = {
  recallAt1: 'hitAt1',
  recallAt10: 'hitAt10',
  rPrecision: 'rPrecision',
  mapAtR: 'averagePrecisionAtR',
}
const names = Object.keys(figures) as Figure[]

/** Returns the means over the queries with 95 % percentile bootstrap intervals, the same for the same queries. */
export const summarise = (queries: readonly QueryQuality[], seed = 1): Metrics =>
  summariseColumns(columnsOf(queries), seed)

/** Returns the values of all queries, one column for each figure: far smaller to send to a thread. */
export const columnsOf = (queries: readonly QueryQuality[]): Float64Array<ArrayBuffer>[] =>
  names.map(name => Float64Array.from(queries, query => query[figures[name]]))

export function summariseColumns(columns: readonly Float64Array[], seed = 1): Metrics {
  const count = columns[0]!.length
  const intervals = bootstrap(columns, count, seed)
  const record = <T>(value: (column: number) => T): Record<Figure, T> =>
    Object.fromEntries(names.map((name, i) => [name, value(i)])) as Record<Figure, T>
  return {
    queries: count,
    ...record(i => mean(columns[i]!)),
    interval: record(i => intervals[i]!),
  }
}

function mean(values: Float64Array): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
}

/** Returns an interval for each column. Each resample draws whole queries. */
function bootstrap(columns: readonly Float64Array[], count: number, seed: number): Interval[] {
  if (count === 0) return columns.map(() => [0, 0])
  const random = new Random(seed)
  const sums = columns.map(() => new Float64Array(RESAMPLES))
  for (let resample = 0; resample < RESAMPLES; resample++) {
    for (let left = count; left > 0; left--) {
      const query = Math.floor(random.next() * count)
      for (const [i, column] of columns.entries()) sums[i]![resample]! += column[query]!
    }
  }
  return sums.map(values => {
    values.sort()
    return [
      values[Math.round(RESAMPLES * 0.025)]! / count,
      values[Math.round(RESAMPLES * 0.975) - 1]! / count,
    ]
  })
}
