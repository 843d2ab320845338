/** Maps a score to a probability: `1 / (1 + exp(slope · score + offset))`. */
export interface Calibration {
  readonly slope: number
  readonly offset: number
}

const ITERATIONS = 100
const RIDGE = 1e-12
const CONVERGED = 1e-5

/**
 * Fits a logistic curve to the scores of positive and negative examples, by Newton's method, with targets smoothed away
 * from 0 and 1 (Platt, "Probabilistic Outputs for Support Vector Machines", 1999; the safeguards of Lin, Lin,
 * Weng, 2007).
 */
export function calibrate(positive: readonly number[], negative: readonly number[]): Calibration {
  const scores = [...positive, ...negative]
  const high = (positive.length + 1) / (positive.length + 2)
  const low = 1 / (negative.length + 2)
  const target = (i: number): number => (i < positive.length ? high : low)
  const cost = ({ slope, offset }: Calibration): number =>
    scores.reduce((sum, score, i) => {
      const z = slope * score + offset
      return sum + Math.log1p(Math.exp(-Math.abs(z))) + (z >= 0 ? target(i) * z : (target(i) - 1) * z)
    }, 0)

  let now: Calibration = {
    slope: 0,
    offset: Math.log((negative.length + 1) / (positive.length + 1)),
  }
  let value = cost(now)
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    let [h11, h22, h21, g1, g2] = [RIDGE, RIDGE, 0, 0, 0]
    for (const [i, score] of scores.entries()) {
      const p = confidenceOf(score, now)
      const weight = p * (1 - p)
      const error = target(i) - p
      h11 += score * score * weight
      h22 += weight
      h21 += score * weight
      g1 += score * error
      g2 += error
    }
    if (Math.abs(g1) < CONVERGED && Math.abs(g2) < CONVERGED) break
    const determinant = h11 * h22 - h21 * h21
    const stepA = -(h22 * g1 - h21 * g2) / determinant
    const stepB = -(-h21 * g1 + h11 * g2) / determinant
    const slopeDown = g1 * stepA + g2 * stepB
    let length = 1
    for (; length >= 1e-10; length /= 2) {
      const next = {
        slope: now.slope + length * stepA,
        offset: now.offset + length * stepB,
      }
      const nextValue = cost(next)
      if (nextValue < value + 1e-4 * length * slopeDown) {
        now = next
        value = nextValue
        break
      }
    }
    if (length < 1e-10) break
  }
  return now
}

/** @param calibration without one, the score itself is returned, clamped to 0…1 */
export const confidenceOf = (score: number, calibration: Calibration | undefined): number =>
  calibration
    ? 1 / (1 + Math.exp(calibration.slope * score + calibration.offset))
    : Math.min(1, Math.max(0, score))
