import { Random } from '../../../shared/random.ts'
import type {
  Gain,
  GateDecision,
  GateReason,
  ReasonFigures,
  TrainingAdvice,
  TrainingReport,
} from '../../../shared/training-report.ts'
import type { QueryQuality } from './metrics.ts'

/** The same queries to two versions, in the same order. */
export interface Pairs {
  readonly before: readonly QueryQuality[]
  readonly after: readonly QueryQuality[]
}

const RESAMPLES = 2000
/** The largest p-values at which a gain counts as real: with signs flipped, and with labels permuted. */
const MOST_SIGN_FLIP_P = 0.025
const MOST_PERMUTATION_P = 0.01
/** Fewer queries cannot tell a gain from noise. */
const FEWEST_QUERIES = 8
/** Albums named in the advice. */
const MOST_ALBUMS_NAMED = 3
/** Of photos in no album: the least share of their ten nearest that stays, and of the dimensions that they fill. */
const LEAST_OVERLAP = 0.2
const LEAST_DIMENSIONS = 0.5
/** The factor by which their hubness may rise. */
const MOST_HUBNESS_FACTOR = 3

/**
 * The mean difference after − before, with the 95 % percentile interval of a paired bootstrap: each resampled query brings
 * both of its values, so that queries that are hard for both versions cancel out.
 */
export function pairedGain({ before, after }: Pairs, figure: keyof QueryQuality, seed = 1): Gain {
  const differences = Float64Array.from(after, (query, i) => query[figure] - before[i]![figure])
  const count = differences.length
  if (count === 0) return { mean: 0, interval: [0, 0] }
  const random = new Random(seed)
  const means = Float64Array.from({ length: RESAMPLES }, () => {
    let sum = 0
    for (let left = count; left > 0; left--) sum += differences[Math.floor(random.next() * count)]!
    return sum / count
  }).sort()
  const mean = differences.reduce((sum, value) => sum + value, 0) / count
  return { mean, interval: [means[RESAMPLES * 0.025]!, means[RESAMPLES * 0.975 - 1]!] }
}

/**
 * How likely so large a mean difference would be if the two versions were equal: signs are flipped at random (one-sided
 * randomisation test; Smucker, Allan, Carterette, "A Comparison of Statistical Significance Tests for Information
 * Retrieval Evaluation", 2007). With few queries it is stricter than the bootstrap.
 */
export function signFlipPValue({ before, after }: Pairs, figure: keyof QueryQuality, seed = 1): number {
  const differences = Float64Array.from(after, (query, i) => query[figure] - before[i]![figure])
  const sum = differences.reduce((total, value) => total + value, 0)
  const random = new Random(seed)
  let asLarge = 0
  for (let i = 0; i < RESAMPLES; i++) {
    let flipped = 0
    for (const value of differences) flipped += random.chance(0.5) ? value : -value
    if (flipped >= sum) asLarge++
  }
  return (asLarge + 1) / (RESAMPLES + 1)
}

/** What the gate decides by. */
interface Evidence extends ReasonFigures {
  readonly neighbourhoodsKept: boolean
  /** How likely so large a gain in R-precision would be if the two versions were equal. Slow, so computed when needed. */
  readonly signFlipPValue: () => number
  /** How likely so many more right answers would be if labels had nothing to do with photos. */
  readonly permutationPValue: number
}

interface Refusal {
  readonly reason: Exclude<GateReason, 'improved'>
  readonly advice: Exclude<TrainingAdvice['code'], 'fill-album'>
  readonly applies: (evidence: Evidence) => boolean
}

/** The first that applies is the reason; where none does, the version is accepted. */
const refusals: readonly Refusal[] = [
  {
    reason: 'too-few-queries',
    advice: 'add-photos',
    applies: ({ queries }) => queries < FEWEST_QUERIES,
  },
  {
    reason: 'neighbourhoods-lost',
    advice: 'label-more-kinds',
    applies: ({ neighbourhoodsKept }) => !neighbourhoodsKept,
  },
  {
    reason: 'no-gain',
    advice: 'check-albums',
    applies: ({ mapAtR }) => mapAtR.mean <= 0,
  },
  {
    reason: 'gain-uncertain',
    advice: 'check-albums',
    applies: ({ mapAtR }) => mapAtR.interval[0] <= 0,
  },
  {
    reason: 'r-precision-uncertain',
    advice: 'check-albums',
    applies: ({ rPrecision }) => rPrecision.interval[0] <= 0,
  },
  {
    reason: 'shuffled-labels-do-as-well',
    advice: 'check-albums',
    applies: ({ signFlipPValue, permutationPValue }) =>
      signFlipPValue() > MOST_SIGN_FLIP_P || permutationPValue > MOST_PERMUTATION_P,
  },
]

/**
 * Decides whether a trained version replaces the one before it: only for a gain that is more than noise.
 *
 * MAP@R alone is not enough. Training draws the photos that it learned from into clumps, whatever their labels, and
 * MAP@R rewards rankings that are right all at once or not at all: it rises even for shuffled labels. R-precision counts
 * each result alike, so that clumps do not raise it; it must rise as surely.
 *
 * Nor are tests enough that take queries for independent. The photos of one fold are queries to one model: two of them
 * that it maps to the same place are right or wrong together, and such tests count that chance twice. Permuted labels
 * do not (permutation-test.ts).
 *
 * @param permutationPValue how likely so large a gain would be if the labels of held-out photos were shuffled
 */
export function judge(
  pairs: Pairs,
  mapAtR: Gain,
  permutationPValue: number,
  neighbours: TrainingReport['neighbours'],
  tooSmall: TrainingReport['tooSmall'],
): GateDecision {
  const reasonFigures = {
    queries: pairs.after.length,
    mapAtR,
    rPrecision: pairedGain(pairs, 'rPrecision'),
  }
  const evidence: Evidence = {
    ...reasonFigures,
    neighbourhoodsKept: neighbours.ok,
    signFlipPValue: () => signFlipPValue(pairs, 'rPrecision'),
    permutationPValue,
  }
  const refusal = refusals.find(({ applies }) => applies(evidence))
  const albums = tooSmall
    .slice(0, MOST_ALBUMS_NAMED)
    .map(({ album, needs }): TrainingAdvice => ({ code: 'fill-album', album, needs }))
  return {
    accepted: refusal === undefined,
    reason: refusal?.reason ?? 'improved',
    reasonFigures,
    advice: refusal ? [{ code: refusal.advice }, ...albums] : albums,
  }
}

/**
 * Whether photos in no album keep enough of their neighbourhoods: those of the version before or, after a poor one, those
 * of the version that came with the program. Embeddings that have collapsed keep neither.
 */
export function neighbourhoodsKeep(figures: Omit<TrainingReport['neighbours'], 'ok'>): boolean {
  if (figures.photos === 0) return true
  return (
    Math.max(figures.overlapAt10, figures.shippedOverlapAt10) >= LEAST_OVERLAP &&
    figures.dimensionsAfter >= LEAST_DIMENSIONS * figures.dimensionsBefore &&
    figures.hubnessAfter <= MOST_HUBNESS_FACTOR * Math.max(1, figures.hubnessBefore)
  )
}
