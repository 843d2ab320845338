import { Random } from '../../../shared/random.ts'
import type { Gain, TrainingReport } from '../../../shared/results.ts'
import type { QueryQuality } from './metrics.ts'

/** Queries of two versions, pair by pair. */
export interface Pairs {
  readonly before: readonly QueryQuality[]
  readonly after: readonly QueryQuality[]
}

const RESAMPLES = 2000
/** How often labels that mean nothing may be taken for a gain, at most. */
const MOST_LUCK = 0.01
/** Below this many queries nothing can be told from noise. */
const FEWEST_QUERIES = 8
/** What unlabelled photos may lose: least share of their ten nearest that stays, of the directions that they fill … */
const LEAST_OVERLAP = 0.2
const LEAST_DIMENSIONS = 0.5
/** … and by how much the photo that is found everywhere may be found more often. */
const MOST_HUBNESS = 3

/**
 * The mean difference after − before, with the 95 % percentile interval of a paired bootstrap: queries are drawn again,
 * each with both of its values, so that what is hard for both versions cancels out.
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
 * How likely so large a mean would be if the two versions were equal: signs are flipped at random (one-sided
 * randomisation test; Smucker, Allan, Carterette, "A Comparison of Statistical Significance Tests for Information
 * Retrieval Evaluation", 2007). With few queries it is stricter than the bootstrap.
 */
export function signFlipProbability({ before, after }: Pairs, figure: keyof QueryQuality, seed = 1): number {
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

export interface Verdict {
  readonly accepted: boolean
  readonly reason: string
  readonly advice: readonly string[]
}

/**
 * Decides whether a trained version replaces the one before it: only for a gain that is more than noise.
 *
 * MAP@R alone would be fooled. Training draws the photos that it learned from together in clumps, whatever their labels,
 * and MAP@R pays more for answers that are right all at once or not at all: with labels dealt at random it still rises.
 * R-precision counts each answer alike, so that clumps gain it nothing; it must rise as surely. And photos of one fold
 * asked one network: where it drew two of them to the same place, they are right or wrong together, and tests that take
 * queries for independent count luck twice. Swapped labels do not (see label-swap.ts).
 *
 * @param luck how likely so large a gain would be if the labels of held-out photos were swapped among them
 */
export function judge(
  pairs: Pairs,
  gain: Gain,
  luck: number,
  neighbours: TrainingReport['neighbours'],
  tooSmall: TrainingReport['tooSmall'],
): Verdict {
  const queries = pairs.after.length
  const advice = tooSmall
    .slice(0, 3)
    .map(({ album, needs }) => `Add ${needs} more ${needs === 1 ? 'photo' : 'photos'} to “${album}”.`)
  const refuse = (reason: string, ...more: string[]): Verdict => ({
    accepted: false,
    reason,
    advice: [...more, ...advice],
  })
  const percent = (value: number): string => `${value < 0 ? '−' : ''}${Math.abs(100 * value).toFixed(1)}`
  if (queries < FEWEST_QUERIES)
    return refuse(
      `Only ${queries} photos could be used as a fair question, too few to tell learning from luck.`,
      'Put more photos into your albums.',
    )
  if (!neighbours.ok)
    return refuse(
      'Photos in no album would lose their neighbours: the new version would tell your albums apart and little else.',
      'Label more kinds of photos.',
    )
  const precision = pairedGain(pairs, 'rPrecision')
  const likelyByLuck =
    precision.interval[0] <= 0 || signFlipProbability(pairs, 'rPrecision') > 0.025 || luck > MOST_LUCK
  if (gain.interval[0] <= 0 || likelyByLuck)
    return refuse(
      gain.mean > 0 && gain.interval[0] > 0 && precision.interval[0] > 0
        ? `It measured ${percent(gain.mean)} points better on held-out photos, but labels dealt at random could do as well: that is luck.`
        : gain.mean > 0 && gain.interval[0] > 0
          ? `MAP@R rose by ${percent(gain.mean)} points on held-out photos, but R-precision did not rise for sure (${percent(precision.interval[0])} to ${percent(precision.interval[1])}): that is what learning by heart looks like.`
          : gain.mean > 0
            ? `It measured ${percent(gain.mean)} points better on held-out photos, but that may be luck (${percent(gain.interval[0])} to ${percent(gain.interval[1])}).`
            : `It did not measure better on held-out photos (${percent(gain.mean)} points).`,
      'Add photos to albums whose photos look alike, or check for photos in the wrong album.',
    )
  return {
    accepted: true,
    reason: `It finds photos of the same album better: MAP@R rose by ${percent(gain.mean)} points on held-out photos (${percent(gain.interval[0])} to ${percent(gain.interval[1])}).`,
    advice,
  }
}

/**
 * Whether photos in no album keep neighbourhoods worth the name: those of the version before or, where that one had none
 * worth keeping, those of the version that was shipped. What has collapsed keeps neither.
 */
export function neighbourhoodsKeep(figures: Omit<TrainingReport['neighbours'], 'ok'>): boolean {
  if (figures.photos === 0) return true
  return (
    Math.max(figures.overlapAt10, figures.shippedOverlapAt10) >= LEAST_OVERLAP &&
    figures.dimensionsAfter >= LEAST_DIMENSIONS * figures.dimensionsBefore &&
    figures.hubnessAfter <= MOST_HUBNESS * Math.max(1, figures.hubnessBefore)
  )
}
