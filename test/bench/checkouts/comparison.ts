import { quantile } from '../../../electron/shared/quantile.ts'
import { Random } from '../../../electron/shared/random.ts'

/** The same of this checkout and the other one. */
export interface Both<T> {
  readonly this: T
  readonly other: T
}

/** With the median of each. */
export interface Comparison extends Both<number> {
  /** Median of this / other over the pairs. */
  readonly ratio: number
  /** Its 95 % percentile bootstrap interval. */
  readonly interval: readonly [low: number, high: number]
  /** Where the interval lies: wholly within the limit, wholly above it, or neither; unclear, too, with few pairs. */
  readonly outcome: 'within' | 'above' | 'unclear'
}

const RESAMPLES = 2000

/** Of fewer, even the range of all ratios holds the true median in less than 95 of 100 cases: 1 − 2 · 0.5⁵ = 0.94. */
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

/** The mean of the two in the middle where there are two: the upper one alone would make ratios lean upwards. */
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
