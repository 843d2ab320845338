import type { Head } from '../../vision/head/head.ts'
import { symmetricEigen, type LibraryStatistics } from './discriminant-init.ts'

/** The variances of directions are lifted by the one of this rank, so that what hardly varies is not blown up. */
const DAMPING = 96

/**
 * A head without any label: features centred, turned to their principal directions, and scaled so that all count alike
 * (Jégou, Chum, "Negative evidences and co-occurrences in image retrieval: the benefit of PCA and whitening", 2012).
 */
export function whiteningHead({ mean, covariance }: LibraryStatistics, dimension: number): Head {
  const length = mean.length
  const { values, vectors } = symmetricEigen(covariance)
  const lift = values[Math.min(DAMPING, length - 1)]!
  const kept = Math.min(dimension, length)
  const matrix = new Float32Array(length * kept)
  for (let j = 0; j < kept; j++) {
    const scale = 1 / Math.sqrt(Math.max(values[j]! + lift, 1e-12))
    for (let i = 0; i < length; i++) matrix[i * kept + j] = vectors.get(i, j) * scale
  }
  return { inputLength: length, dimension: kept, projection: { mean: Float32Array.from(mean), matrix } }
}
