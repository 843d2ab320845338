import * as tf from '@tensorflow/tfjs-core'
import { Matrix } from 'ml-matrix'
import type { LabelStatistics, LibraryStatistics } from './discriminant-init.ts'

/** Rows multiplied in one call. */
const CHUNK = 2048

/**
 * Returns mean and covariance of a library.
 * @param features `count × length`, row by row
 */
export function libraryStatistics(features: Float32Array, length: number): LibraryStatistics {
  const count = features.length / length
  const mean = new Float64Array(length)
  for (let n = 0; n < count; n++)
    for (let i = 0; i < length; i++) mean[i]! += features[n * length + i]! / count
  const centred = Float32Array.from(features, (value, at) => value - mean[at % length]!)
  return { mean, covariance: scatter(centred, length).div(Math.max(1, count - 1)) }
}

/**
 * Returns the scatter within albums, and the albums' means.
 * @param features of the labelled photos, `count × length`
 * @param members of each album, the rows to train on
 */
export function labelStatistics(
  features: Float32Array,
  members: readonly (readonly number[])[],
  mean: Float64Array,
): LabelStatistics {
  const length = mean.length
  const albums = members.filter(rows => rows.length > 0)
  const means = new Matrix(albums.length, length)
  const total = albums.reduce((sum, rows) => sum + rows.length, 0)
  const deviations = new Float32Array(total * length)
  let at = 0
  for (const [album, rows] of albums.entries()) {
    const centre = new Float64Array(length)
    for (const row of rows)
      for (let i = 0; i < length; i++) centre[i]! += features[row * length + i]! / rows.length
    for (const row of rows)
      for (let i = 0; i < length; i++) deviations[at++] = features[row * length + i]! - centre[i]!
    for (let i = 0; i < length; i++) means.set(album, i, centre[i]! - mean[i]!)
  }
  return {
    withinScatter: scatter(deviations, length),
    degreesOfFreedom: total - albums.length,
    means,
    counts: albums.map(rows => rows.length),
  }
}

/** `rowsᵀ · rows` */
function scatter(rows: Float32Array, length: number): Matrix {
  const sum = tf.tidy(() => {
    let sum = tf.zeros<tf.Rank.R2>([length, length])
    for (let from = 0; from < rows.length; from += CHUNK * length) {
      const part = rows.subarray(from, from + CHUNK * length)
      const chunk = tf.tensor2d(part, [part.length / length, length])
      // Transposed first, as in product.ts.
      const transposed = tf.transpose(chunk)
      const next = tf.add<tf.Tensor2D>(sum, tf.matMul(transposed, chunk))
      tf.dispose([chunk, transposed, sum])
      sum = next
    }
    return sum
  })
  const values = Float64Array.from(sum.dataSync())
  sum.dispose()
  return Matrix.from1DArray(length, length, values)
}
