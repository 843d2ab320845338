import { quantile } from '../../../electron/shared/quantile.ts'
import { Random } from '../../../electron/shared/random.ts'

/** The same figure of this checkout and the other one. */
export interface Both<T> {
  readonly this: T
  readonly other: T
}

/** The medians, their ratio, and how it compares with the limit. */
export interface Comparison extends Both<number> {
  /** Median of this / other over the pairs. */
  readonly ratio: number
  /** Its 95 % percentile bootstrap interval. */
  readonly interval: readonly [low: number, high: number]
  /** Whether the interval lies within the limit, above it, or neither; also `unclear` with too few pairs. */
  readonly outcome: 'within' | 'above' | 'unclear'
}

const RESAMPLES = 2000

/** With fewer, even the range of all ratios contains the true median in less than 95 % of cases: 1 − 2 · 0.5⁵ = 0.94. */
const LEAST_PAIRS = 6

/**
 * Compares figures that were measured in pairs, the two of a pair one right after the other. The same pairs give the same
 * interval.
 */
export function compare(pairs: readonly Both<number>[], limit: number): Comparison {
  const ratios = pairs.map(pair => pair.this / pair.other)
  const random = new Random(1)
  const medians = Array.from({ length: RESAMPLES }, () => median(ratios.map(() => random.pick(ratios))))
  const interval = [quantile(medians, 0.025), quantile(medians, 0.975)] as const
  return {
    this: median(pairs.map(pair => pair.this)),
    other: median(pairs.map(pair => pair.other)),
    ratio: median(ratios),
    interval,
    outcome: outcome(pairs.length, interval, limit),
  }
}

/** The mean of the middle two of an even number: the upper one alone would bias ratios upwards. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2
}

function outcome(count: number, [low, high]: Comparison['interval'], limit: number): Comparison['outcome'] {
  if (count < LEAST_PAIRS) return 'unclear'
  if (high <= limit) return 'within'
  return low > limit ? 'above' : 'unclear'
}
