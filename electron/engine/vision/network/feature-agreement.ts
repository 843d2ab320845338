/** Features of another runtime count as the CPU's when the angle and the length of each row say so. */
const LOWEST_COSINE = 0.999
/** A head takes a mean off the features, so that their length matters too; half precision stays far below this. */
const MOST_LONGER = 0.01

export interface Agreement {
  readonly agrees: boolean
  readonly lowestCosine: number
}

/**
 * Compares features row by row.
 * @param length of a row; there are as many rows of `reference` as of `features` at least
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
    // Of values that are no numbers, neither comparison holds.
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
