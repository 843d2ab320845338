/** @file Whether a mean difference is more than chance, for differences that depend on one another within clusters. */

import { setImmediate as nextTurn } from 'node:timers/promises'
import { Random } from '../../../shared/random.ts'
import { studentTail } from './student.ts'

/** Up to this number of clusters every combination of signs is tried; above it, a random sample of them. */
const MOST_ENUMERATED = 14
const FEWEST_FLIPS = 2000
/** Random flips for each that may be as large: a p-value at the limit is then known to about a quarter of itself. */
const FLIPS_PER_CHANCE = 20
/** Signs flipped between two turns of the event loop: about 2 ms. */
const SIGNS_AT_ONCE = 100_000

/** Returns the sum of the values of each cluster. */
export function clusterSums(values: Float64Array, clusters: Int32Array): Float64Array {
  const sums = new Float64Array(clusters.reduce((most, cluster) => Math.max(most, cluster + 1), 0))
  for (const [i, value] of values.entries()) sums[clusters[i]!]! += value
  return sums
}

/**
 * Returns how likely so large a sum would be if each difference could as well have had the opposite sign: the signs of whole
 * clusters are flipped (one-sided randomisation test, exact for differences that are symmetric around zero, however they
 * depend on one another within a cluster).
 *
 * Smucker, Allan, Carterette, "A Comparison of Statistical Significance Tests for Information Retrieval Evaluation", CIKM
 * 2007; Canay, Romano, Shaikh, "Randomization Tests under an Approximate Symmetry Assumption", Econometrica, 2017.
 * @param limit the largest p-value that counts: a smaller one takes more flips. Once it is certain that the p-value is
 *   larger, no more are made (Besag, Clifford, "Sequential Monte Carlo p-Values", Biometrika, 1991)
 */
export async function signFlipPValue(sums: Float64Array, limit: number, seed = 1): Promise<number> {
  const total = sums.reduce((sum, value) => sum + value, 0)
  // Sums of the same values in another order differ in the last bits.
  const asLarge = total - 1e-9 * sums.reduce((sum, value) => sum + Math.abs(value), 0)
  if (sums.length <= MOST_ENUMERATED) return enumerated(sums, asLarge)
  const flips = Math.max(FEWEST_FLIPS, Math.ceil(FLIPS_PER_CHANCE / limit))
  const random = new Random(seed)
  const flipsAtOnce = Math.ceil(SIGNS_AT_ONCE / sums.length)
  let count = 0
  let made = 0
  while (made < flips && count < limit * (flips + 1)) {
    let flipped = 0
    for (const value of sums) flipped += random.chance(0.5) ? value : -value
    if (flipped >= asLarge) count++
    made++
    if (made % flipsAtOnce === 0) await nextTurn()
  }
  return (count + 1) / (made + 1)
}

function enumerated(sums: Float64Array, asLarge: number): number {
  const patterns = 2 ** sums.length
  let count = 0
  for (let pattern = 0; pattern < patterns; pattern++) {
    let flipped = 0
    for (const [i, value] of sums.entries()) flipped += pattern & (1 << i) ? value : -value
    if (flipped >= asLarge) count++
  }
  return count / patterns
}

/**
 * Returns how likely so large a sum would be if clusters gained nothing on average, by Student's t over the clusters
 * (one-sided). It decides where flips cannot: five clusters that all gain have a p-value of 1/32 at best. It errs on the
 * side of caution where clusters differ in size and spread, at the small limits used here.
 *
 * Ibragimov, Müller, "t-Statistic Based Correlation and Heterogeneity Robust Inference", Journal of Business & Economic
 * Statistics, 2010.
 */
export function clusterPValue(sums: Float64Array): number {
  const count = sums.length
  if (count < 2) return 1
  const mean = sums.reduce((sum, value) => sum + value, 0) / count
  const variance = sums.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1)
  if (mean <= 0) return 1
  return studentTail(mean / Math.sqrt(variance / count), count - 1)
}
