import * as tf from '@tensorflow/tfjs-core'
import { gram } from '../../vision/tensors/product.ts'
import { mineTriplets, type Mining, type Relation } from './triplets.ts'

/** A loss over a batch of embeddings, `size × dimension`, each row of length 1. */
export type Loss = (embeddings: tf.Tensor2D, relation: Relation) => tf.Scalar

/** Smaller squared distances are raised to this: the square root has no slope at zero. */
const SMALLEST = 1e-6

/**
 * Triplet loss: the mean over mined triplets of `max(0, d(a, p) − d(a, n) + margin)`, or with a soft margin of
 * `log(1 + exp(s (d(a, p) − d(a, n)))) / s`, d being the Euclidean distance (Schroff et al. 2015, Hermans et al. 2017).
 *
 * Triplets and their slopes are computed outside the graph. Inside, the loss is the sum of distances weighted by these
 * slopes: value and gradient equal those of the formula, and no gather is needed.
 */
export function tripletLoss(mining: Mining, margin: number | { readonly soft: number }): Loss {
  return (embeddings, relation) =>
    tf.tidy(() => {
      const distances = pairwiseDistances(embeddings)
      const values = distances.dataSync<'float32'>()
      const { size } = relation
      const triplets = mineTriplets(values, relation, mining)
      const slopes = new Float32Array(size * size)
      let loss = 0
      let weighted = 0
      for (const { anchor, positive, negative } of triplets) {
        const [near, far] = [anchor * size + positive, anchor * size + negative]
        const difference = values[near]! - values[far]!
        const { value, slope } = hinge(difference, margin)
        loss += value / triplets.length
        weighted += (slope * difference) / triplets.length
        slopes[near]! += slope / triplets.length
        slopes[far]! -= slope / triplets.length
      }
      const total = tf.sum<tf.Scalar>(tf.mul(distances, tf.tensor2d(slopes, [size, size])))
      return tf.add(total, loss - weighted)
    })
}

function hinge(
  difference: number,
  margin: number | { readonly soft: number },
): { value: number; slope: number } {
  if (typeof margin === 'number')
    return difference + margin > 0 ? { value: difference + margin, slope: 1 } : { value: 0, slope: 0 }
  const s = margin.soft
  return { value: Math.log1p(Math.exp(s * difference)) / s, slope: 1 / (1 + Math.exp(-s * difference)) }
}

/**
 * Supervised contrastive loss (Khosla et al., "Supervised Contrastive Learning", 2020, `L_out`): each anchor against all
 * others of the batch.
 */
export function supervisedContrastiveLoss(temperature: number): Loss {
  return (embeddings, { size, positive }) =>
    tf.tidy(() => {
      const others = tf.tensor2d(
        Float32Array.from({ length: size * size }, (_, i) => (i % (size + 1) === 0 ? 0 : 1)),
        [size, size],
      )
      const counts = Float32Array.from({ length: size }, (_, row) =>
        positive.subarray(row * size, (row + 1) * size).reduce((sum, flag) => sum + flag, 0),
      )
      const anchors = counts.filter(count => count > 0).length
      const weights = Float32Array.from(positive, (flag, i) =>
        flag ? 1 / (counts[Math.floor(i / size)]! * Math.max(1, anchors)) : 0,
      )
      const cosines = gram(embeddings)
      const logits = tf.div<tf.Tensor2D>(tf.sub(cosines, 1), temperature)
      const total = tf.log(tf.sum(tf.mul(tf.exp(logits), others), 1, true))
      return tf.sum<tf.Scalar>(tf.mul(tf.sub(total, logits), tf.tensor2d(weights, [size, size])))
    })
}

/** Returns the Euclidean distances of unit vectors: |a − b|² = 2 − 2 a·b. */
export function pairwiseDistances(embeddings: tf.Tensor2D): tf.Tensor2D {
  return tf.tidy(() => tf.sqrt(tf.maximum(tf.sub(2, tf.mul(2, gram(embeddings))), SMALLEST)))
}

/** Scales each row to length 1. */
export function unitRows(rows: tf.Tensor2D): tf.Tensor2D {
  return tf.tidy(() => tf.div(rows, tf.sqrt(tf.add(tf.sum(tf.square(rows), 1, true), 1e-12))))
}
