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
 * For libraries without albums, and where these start from: fitted on the classes of Oxford 102 Flowers with even
 * numbers, under the bundled version (test/bench/calibration/calibration.ts, docs/training.md).
 */
export const neighbourModel: KindModel = { score: 7.15, contrast: 1.95, offset: -9.53 }

export const contrastOf = (score: number, { median, spread }: Background): number => (score - median) / spread

/** @param contrast how far the score stands out from the background */
export const logOdds = (model: KindModel, score: number, contrast: number): number =>
  model.score * score + model.contrast * contrast + model.offset

/** Returns the probability of each score, 0…1. */
export const probabilitiesOf = (
  model: KindModel,
  scores: readonly number[],
  background: Background,
): number[] => scores.map(score => logistic(logOdds(model, score, contrastOf(score, background))))

const logistic = (z: number): number => 1 / (1 + Math.exp(-z))
