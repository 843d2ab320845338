import { KindredError } from '../../shared/errors.ts'
import { normalise } from '../vision/head/head.ts'

/** Weight of the negatives, against 1 for the positives (Rocchio's relevance feedback uses less than 1). */
const NEGATIVE_WEIGHT = 0.5

/**
 * Returns one direction from several examples, of length 1: the mean of the positives, less the weighted mean of the
 * negatives (Rocchio, "Relevance feedback in information retrieval", 1971).
 */
export function combineEmbeddings(
  positives: readonly Float32Array[],
  negatives: readonly Float32Array[],
): Float32Array {
  const [first] = positives
  if (!first) throw new KindredError('bad-argument', 'Name at least one image to look for.')
  const sum = new Float32Array(first.length)
  const accumulate = (vectors: readonly Float32Array[], weight: number): void => {
    for (const vector of vectors)
      for (let i = 0; i < sum.length; i++) sum[i]! += (weight / vectors.length) * vector[i]!
  }
  accumulate(positives, 1)
  accumulate(negatives, -NEGATIVE_WEIGHT)
  normalise(sum)
  return sum
}

/** Returns the cosine similarity of two unit vectors at this Euclidean distance, clamped to 0…1: |a − b|² = 2 − 2 cos. */
export const scoreOf = (distance: number): number => Math.min(1, Math.max(0, 1 - (distance * distance) / 2))
