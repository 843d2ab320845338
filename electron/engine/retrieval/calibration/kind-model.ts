import type { Background } from './background.ts'

/**
 * How likely two photos are of the same kind, by their score and by how far it stands out from the query's background:
 * a score of 0.6 says much where photos at random score 0.1, and little where they score 0.5. Logistic; the first two
 * weights are not negative, so that the probability never falls while the score rises.
 */
export interface KindModel {
  readonly score: number
  /** Of the distance of the score from the background's median, in units of its spread. */
  readonly contrast: number
  readonly offset: number
}

/**
 * For libraries without albums, and where these start from: fitted on pairs of Oxford 102 Flowers under the bundled
 * version (test/bench/calibration/calibration.ts, docs/training.md).
 */
export const neighbourModel: KindModel = { score: 6.6, contrast: 1.9, offset: -9 }

export const contrastOf = (score: number, { median, spread }: Background): number => (score - median) / spread

/** Returns the probability of each score, 0…1. */
export function probabilitiesOf(
  { score, contrast, offset }: KindModel,
  scores: readonly number[],
  background: Background,
): number[] {
  return scores.map(one => logistic(score * one + contrast * contrastOf(one, background) + offset))
}

const logistic = (z: number): number => 1 / (1 + Math.exp(-z))
