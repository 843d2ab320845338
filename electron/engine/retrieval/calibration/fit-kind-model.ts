import { logOdds, type KindModel } from './kind-model.ts'

/** Two photos of which it is known whether they are of the same kind. */
export interface Pair {
  readonly score: number
  /** How far the score stands out from the query's background (kind-model.ts). */
  readonly contrast: number
  readonly same: boolean
  /** For how many pairs of the library it stands. */
  readonly weight: number
}

type Weights = readonly [score: number, contrast: number, offset: number]

/** Standard deviations of the weights around those where the fit starts, which few pairs do not outweigh. */
const PRIOR: Weights = [1.5, 0.5, 1]
/** The pairs of one query resemble each other: so many of them tell as much as one alone. */
const ALIKE = 20
const ITERATIONS = 25
const CONVERGED = 1e-6
const SHORTEST = 1e-6

/**
 * Fits the weights to pairs, near those of another model: the maximum a posteriori of a logistic regression, by Newton's
 * method. A weight that would be negative is 0, so that probabilities rise with the score.
 * @param start where the fit starts, and what it is drawn to
 */
export function fitKindModel(pairs: readonly Pair[], start: KindModel): KindModel {
  const prior: Weights = [start.score, start.contrast, start.offset]
  const total = pairs.reduce((sum, { weight }) => sum + weight, 0)
  const share = pairs.length / Math.max(total, Number.MIN_VALUE) / ALIKE
  let free = [0, 1, 2]
  for (;;) {
    const [score, contrast, offset] = newton(pairs, prior, free, share)
    const negative = [score, contrast].findIndex(weight => weight < 0)
    if (negative < 0) return { score, contrast, offset }
    free = free.filter(i => i !== negative)
  }
}

/** @param free the weights that are fitted; the others are 0 */
function newton(pairs: readonly Pair[], prior: Weights, free: readonly number[], share: number): Weights {
  let weights = prior.map((weight, i) => (free.includes(i) ? weight : 0))
  const cost = (tried: readonly number[]): number => {
    const [score, contrast, offset] = tried as unknown as Weights
    const fromPrior = free.reduce((sum, i) => sum + ((tried[i]! - prior[i]!) / PRIOR[i]!) ** 2 / 2, 0)
    return share * surprise({ score, contrast, offset }, pairs) + fromPrior
  }
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    const gradient = free.map(i => (prior[i]! - weights[i]!) / PRIOR[i]! ** 2)
    const curvature = free.map(i => free.map(j => (i === j ? 1 / PRIOR[i]! ** 2 : 0)))
    for (const { score, contrast, same, weight } of pairs) {
      const values = [score, contrast, 1]
      const z = values.reduce((sum, value, i) => sum + value * weights[i]!, 0)
      const probability = 1 / (1 + Math.exp(-z))
      for (const [a, i] of free.entries()) {
        gradient[a]! += share * weight * (Number(same) - probability) * values[i]!
        for (const [b, j] of free.entries())
          curvature[a]![b]! += share * weight * probability * (1 - probability) * values[i]! * values[j]!
      }
    }
    const step = solve(curvature, gradient)
    const before = cost(weights)
    const after = (length: number): number[] =>
      weights.map((weight, i) => weight + (free.includes(i) ? length * step[free.indexOf(i)]! : 0))
    // A whole step may lead too far where the start is far away.
    let length = 1
    while (length > SHORTEST && !(cost(after(length)) <= before)) length /= 2
    if (length <= SHORTEST) break
    weights = after(length)
    if (length * Math.hypot(...step) < CONVERGED) break
  }
  return weights as unknown as Weights
}

/** Solves a positive definite system of equations, by elimination. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i]!])
  for (const [i, row] of rows.entries())
    for (const [j, other] of rows.entries()) {
      if (i === j) continue
      const factor = other[i]! / row[i]!
      for (let at = i; at < other.length; at++) other[at]! -= factor * row[at]!
    }
  return rows.map((row, i) => row.at(-1)! / row[i]!)
}

/** Returns the mean surprise of a model at pairs, in nats: the lower, the better it is calibrated and the more it tells. */
export function logLoss(model: KindModel, pairs: readonly Pair[]): number {
  const total = pairs.reduce((sum, { weight }) => sum + weight, 0)
  return total === 0 ? 0 : surprise(model, pairs) / total
}

const surprise = (model: KindModel, pairs: readonly Pair[]): number =>
  pairs.reduce((sum, { score, contrast, same, weight }) => {
    const z = same ? -logOdds(model, score, contrast) : logOdds(model, score, contrast)
    // The same as log(1 + exp(z)), without overflow.
    return sum + weight * (Math.max(0, z) + Math.log1p(Math.exp(-Math.abs(z))))
  }, 0)
