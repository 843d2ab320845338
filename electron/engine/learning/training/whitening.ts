import type { Head } from '../../vision/head/head.ts'
import { symmetricEigen, type LibraryStatistics } from './discriminant-init.ts'

/** The variance of this rank is added to all, so that directions of hardly any variance are not amplified. */
const DAMPING = 96

/**
 * Returns a head that needs no labels: features are centred, projected on their principal directions, and scaled to equal
 * variance (Jégou, Chum, "Negative evidences and co-occurrences in image retrieval: the benefit of PCA and whitening", 2012).
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
