import { Random } from '../../../shared/random.ts'
import type {
  Gain,
  GateDecision,
  GateEvidence,
  GateReason,
  ReasonFigures,
  TrainingAdvice,
  TrainingReport,
} from '../../../shared/training-report.ts'
import { clusterPValue, clusterSums, signFlipPValue } from './cluster-tests.ts'
import { errorOf } from './error-spending.ts'
import { mapAtR, type QueryQuality } from './metrics.ts'
import { permutationPValue } from './permutation-test.ts'
import { clusterQueries, type Clustering } from './query-clusters.ts'
import type { RankedResult } from './retrieval-run.ts'

/** The same queries to two versions, in the same order. */
export interface Pairs<Q = QueryQuality> {
  readonly before: readonly Q[]
  readonly after: readonly Q[]
}

const RESAMPLES = 2000
/** Fewer queries cannot tell a gain from noise. */
const FEWEST_QUERIES = 8
/** Where the version before has a larger MAP@R, what is left to gain can hardly be told from chance. */
const AS_GOOD_AS_IT_GETS = 0.95
/** Albums named in the advice. */
const MOST_ALBUMS_NAMED = 3
/** Of photos in no album: the least share of their ten nearest that stays, and of the dimensions that they fill. */
const LEAST_OVERLAP = 0.2
const LEAST_DIMENSIONS = 0.5
/** The factor by which their hubness may rise. */
const MOST_HUBNESS_FACTOR = 3

const differencesOf = ({ before, after }: Pairs, figure: keyof QueryQuality): Float64Array =>
  Float64Array.from(after, (query, i) => query[figure] - before[i]![figure])

/**
 * The mean difference after − before, with the 95 % percentile interval of a paired bootstrap: each resampled query brings
 * both of its values, so that queries that are hard for both versions cancel out.
 * @param clusters queries that are right or wrong together are drawn together; by default each stands on its own
 */
export function pairedGain(
  pairs: Pairs,
  figure: keyof QueryQuality,
  clusters: Int32Array = Int32Array.from(pairs.after.keys()),
  seed = 1,
): Gain {
  const differences = differencesOf(pairs, figure)
  const count = differences.length
  if (count === 0) return { mean: 0, interval: [0, 0] }
  const sums = clusterSums(differences, clusters)
  const sizes = clusterSums(new Float64Array(count).fill(1), clusters)
  const random = new Random(seed)
  const means = Float64Array.from({ length: RESAMPLES }, () => {
    let [sum, size] = [0, 0]
    for (let left = sums.length; left > 0; left--) {
      const drawn = Math.floor(random.next() * sums.length)
      sum += sums[drawn]!
      size += sizes[drawn]!
    }
    return sum / size
  }).sort()
  const mean = differences.reduce((sum, value) => sum + value, 0) / count
  return { mean, interval: [means[RESAMPLES * 0.025]!, means[RESAMPLES * 0.975 - 1]!] }
}

/**
 * Asks how likely so large a gain would be by chance. Each question takes for dependent what another takes for independent:
 * - `bursts`: signs flipped by burst; exact for few and uneven queries;
 * - `albums`: Student's t over the albums of each fold, which gain or lose as one where a training had good or bad luck;
 * - `labels`: labels of held-out photos permuted; exact for labels that mean nothing, whatever depends on what.
 *
 * The second is asked of all albums and, by themselves, of those that the version before has not learned from: a gain of one
 * new album would be lost among many old ones. The smaller p-value counts twice (Bonferroni).
 *
 * The first two are asked of MAP@R and of R-precision; the larger p-value counts (intersection-union test; Berger,
 * Technometrics, 1982): the error is no larger than that of a single question.
 * @param look which look at these held-out photos it is (error-spending.ts)
 * @param learnedBefore the albums that the version before has learned from
 */
export async function weigh(
  results: Pairs<RankedResult>,
  set: Clustering,
  look: number,
  learnedBefore: ReadonlySet<number> = new Set(),
): Promise<GateEvidence> {
  const limit = errorOf(look)
  const { bursts, albums } = clusterQueries(results.after, set)
  const isNew = newClusters(results.after, albums, set, learnedBefore)
  const worst = async (
    clusters: Int32Array,
    pValue: (sums: Float64Array) => number | Promise<number>,
  ): Promise<number> => {
    const mapAtR = await pValue(clusterSums(differencesOf(results, 'averagePrecisionAtR'), clusters))
    return Math.max(mapAtR, await pValue(clusterSums(differencesOf(results, 'rPrecision'), clusters)))
  }
  return {
    look,
    limit,
    bursts: await worst(bursts, sums => signFlipPValue(sums, limit)),
    albums: await worst(albums, sums => albumsPValue(sums, isNew)),
    labels: await permutationPValue(results, set, limit),
  }
}

/** Returns for each cluster whether its album is new to the version before. */
function newClusters(
  queries: readonly RankedResult[],
  clusters: Int32Array,
  { labels: { albumsOf } }: Clustering,
  learnedBefore: ReadonlySet<number>,
): readonly boolean[] {
  const isNew: boolean[] = []
  for (const [i, { row }] of queries.entries())
    isNew[clusters[i]!] = albumsOf[row]!.every(album => !learnedBefore.has(album))
  return isNew
}

function albumsPValue(sums: Float64Array, isNew: readonly boolean[]): number {
  const ofAll = clusterPValue(sums)
  if (isNew.every(Boolean) || !isNew.some(Boolean)) return ofAll
  const ofNew = clusterPValue(sums.filter((_, cluster) => isNew[cluster]))
  return Math.min(1, 2 * Math.min(ofAll, ofNew))
}

/** What the gate decides by. */
interface Findings extends ReasonFigures, GateEvidence {
  readonly neighbourhoodsKept: boolean
}

interface Refusal {
  readonly reason: Exclude<GateReason, 'improved'>
  readonly advice?: Exclude<TrainingAdvice['code'], 'fill-album'>
  readonly applies: (findings: Findings) => boolean
}

/** Why a gain does not count. */
const withoutGain: readonly Refusal[] = [
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
    applies: ({ labels, limit }) => labels > limit,
  },
  {
    reason: 'too-few-agree',
    advice: 'add-photos',
    applies: ({ bursts, albums, limit }) => Math.max(bursts, albums) > limit,
  },
]

/** Refused for these reasons, a version was not compared at all, and spent no error. */
export const UNASKED: readonly GateReason[] = ['too-few-queries', 'neighbourhoods-lost']

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
    reason: 'already-good',
    applies: findings =>
      findings.mapAtRBefore! >= AS_GOOD_AS_IT_GETS && withoutGain.some(({ applies }) => applies(findings)),
  },
  ...withoutGain,
]

/**
 * Decides whether a trained version replaces the one before it: only for a gain that is more than noise.
 *
 * MAP@R alone is not enough. Training draws the photos that it learned from into clumps, whatever their labels, and
 * MAP@R rewards rankings that are right all at once or not at all: it rises even for shuffled labels. R-precision counts
 * each result alike, so that clumps do not raise it; it must rise as surely.
 */
export function judge(
  pairs: Pairs<RankedResult>,
  set: Clustering,
  evidence: GateEvidence,
  neighbours: Pick<TrainingReport['neighbours'], 'ok'>,
  tooSmall: TrainingReport['tooSmall'],
): GateDecision {
  const { albums: clusters } = clusterQueries(pairs.after, set)
  const reasonFigures: ReasonFigures = {
    queries: pairs.after.length,
    mapAtRBefore: mapAtR(pairs.before),
    mapAtR: pairedGain(pairs, 'averagePrecisionAtR', clusters),
    rPrecision: pairedGain(pairs, 'rPrecision', clusters),
  }
  const findings: Findings = { ...reasonFigures, ...evidence, neighbourhoodsKept: neighbours.ok }
  const refusal = refusals.find(({ applies }) => applies(findings))
  const fill = tooSmall
    .slice(0, MOST_ALBUMS_NAMED)
    .map(({ album, needs }): TrainingAdvice => ({ code: 'fill-album', album, needs }))
  return {
    accepted: refusal === undefined,
    reason: refusal?.reason ?? 'improved',
    reasonFigures,
    evidence,
    advice: refusal?.advice ? [{ code: refusal.advice }, ...fill] : fill,
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
