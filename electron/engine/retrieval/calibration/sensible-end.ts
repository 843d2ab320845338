import type { SensibleEnd } from '../../../shared/contract.ts'

/** Results never end before so many: fewer tell little, even where all of them are unlike. */
export const FEWEST_RESULTS = 8
/** From here on down, a photo is more likely of another kind. */
const HALF = 0.5
/** A gap ends results where it is so wide, in probability... */
const WIDE = 0.25
/** ...and so many times as wide as the usual fall from one result to the next before it. */
const TIMES_USUAL = 4

/**
 * Returns how many of the nearest photos make a sensible end: up to where the probability falls under a half, or to a
 * wide gap before that.
 * @param probabilities of the results, nearest first: none is greater than the one before
 */
export function sensibleEnd(probabilities: readonly number[]): SensibleEnd {
  const all = probabilities.length
  if (all <= FEWEST_RESULTS) return { count: all, reason: 'all' }
  const below = probabilities.findIndex((probability, i) => i >= FEWEST_RESULTS && probability < HALF)
  const likely = below < 0 ? all : below
  const gap = firstWideGap(probabilities, likely)
  if (gap !== undefined) return { count: gap, reason: 'gap' }
  return { count: likely, reason: likely === all ? 'all' : 'probability' }
}

/** Returns how many results lie before the widest gap within so many; undefined where none stands out. */
function firstWideGap(probabilities: readonly number[], within: number): number | undefined {
  let widest = 0
  let at: number | undefined
  for (let i = FEWEST_RESULTS; i < within; i++) {
    const fall = probabilities[i - 1]! - probabilities[i]!
    const usual = (probabilities[0]! - probabilities[i - 1]!) / (i - 1)
    if (fall <= widest || fall < WIDE || fall < TIMES_USUAL * usual) continue
    widest = fall
    at = i
  }
  return at
}
