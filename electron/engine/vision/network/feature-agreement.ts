/** The least cosine between a row of features and the CPU's for the two to count as the same. */
const LOWEST_COSINE = 0.999
/** The largest relative difference in length, which matters as a head subtracts a mean; half precision stays far below. */
const MOST_LONGER = 0.01

export interface Agreement {
  readonly agrees: boolean
  readonly lowestCosine: number
}

/**
 * Compares features row by row.
 * @param reference at least as many rows as `features`
 * @param length of a row
 */
export function compareFeatures(features: Float32Array, reference: Float32Array, length: number): Agreement {
  let lowestCosine = 1
  let agrees = true
  for (let from = 0; from < features.length; from += length) {
    const row = features.subarray(from, from + length)
    const expected = reference.subarray(from, from + length)
    const similarity = cosine(row, expected)
    const ratio = norm(row) / norm(expected)
    lowestCosine = Math.min(lowestCosine, similarity)
    // With NaN neither comparison holds.
    if (!(similarity > LOWEST_COSINE && Math.abs(ratio - 1) < MOST_LONGER)) agrees = false
  }
  return { agrees, lowestCosine }
}

export function cosine(a: Float32Array, b: Float32Array): number {
  let ab = 0
  for (const [i, x] of a.entries()) ab += x * b[i]!
  return ab / (norm(a) * norm(b) || 1)
}

function norm(vector: Float32Array): number {
  let sum = 0
  for (const x of vector) sum += x * x
  return Math.sqrt(sum)
}
