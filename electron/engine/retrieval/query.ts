import { KindredError } from '../../shared/errors.ts'
import { normalise } from '../vision/head/head.ts'

/** Weight of the negatives, against 1 for the positives (Rocchio's relevance feedback uses less than 1). */
const NEGATIVE_WEIGHT = 0.5

/** An embedding, and how much it counts beside others of the query; without it, 1. */
export interface WeightedEmbedding {
  readonly embedding: Float32Array
  readonly weight?: number | undefined
}

/**
 * Returns one direction from several examples, of length 1: the mean of the positives, less half the mean of the
 * negatives (Rocchio, "Relevance feedback in information retrieval", 1971), each example multiplied by its weight. The
 * weight of a single negative counts too: it is pushed away more or less.
 * @throws KindredError `bad-argument` without positives
 */
export function combineEmbeddings(
  positives: readonly WeightedEmbedding[],
  negatives: readonly WeightedEmbedding[],
): Float32Array {
  const [first] = positives
  if (!first) throw new KindredError('bad-argument', 'Name at least one image to look for.')
  const sum = new Float32Array(first.embedding.length)
  const accumulate = (examples: readonly WeightedEmbedding[], share: number): void => {
    for (const { embedding, weight = 1 } of examples)
      for (let i = 0; i < sum.length; i++) sum[i]! += ((share * weight) / examples.length) * embedding[i]!
  }
  accumulate(positives, 1)
  accumulate(negatives, -NEGATIVE_WEIGHT)
  normalise(sum)
  return sum
}
