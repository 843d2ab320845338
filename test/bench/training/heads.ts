import * as tf from '@tensorflow/tfjs-core'
import { EigenvalueDecomposition } from 'ml-matrix'
import { drawBatch, relate } from '../../../electron/engine/learning/training/triplets.ts'
import type { HeadOptions, HeadProblem } from '../../../electron/engine/learning/training/head-trainer.ts'
import { unitRows } from '../../../electron/engine/learning/training/losses.ts'
import type {
  LibraryStatistics,
  DiscriminantInit,
} from '../../../electron/engine/learning/training/discriminant-init.ts'
import { Random } from '../../../electron/shared/random.ts'

/** The usual initialisation: principal components of the labelled photos, whitened; small ones damped by the 97th. */
export function whitenedStart({ mean, covariance }: LibraryStatistics): DiscriminantInit {
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(covariance, {
    assumeSymmetric: true,
  })
  const order = [...realEigenvalues.keys()].sort((a, b) => realEigenvalues[b]! - realEigenvalues[a]!)
  const values = order.map(i => realEigenvalues[i]!)
  const damping = values[Math.min(96, values.length - 1)]!
  const basis = eigenvectorMatrix
    .subMatrixColumn(order)
    .mulRowVector(values.map(value => 1 / Math.sqrt(Math.max(0, value) + damping)))
  return { mean: Float32Array.from(mean), basis: Float32Array.from(basis.to1DArray()) }
}

/**
 * A head with a hidden layer, for comparison only: features → 512 → ReLU → embedding, from random weights (He et al.,
 * 2015) on features in the coordinates of an initialisation. Returns a function that embeds.
 */
export function trainTwoLayers(
  problem: HeadProblem,
  start: DiscriminantInit,
  options: HeadOptions,
): (features: Float32Array) => Float32Array {
  const length = start.mean.length
  const hidden = 512
  const random = new Random(`two layers/${options.seed}`)
  const gauss = (rows: number, columns: number): tf.Variable<tf.Rank.R2> =>
    tf.variable(
      tf.tensor2d(
        Float32Array.from({ length: rows * columns }, () => random.gauss() * Math.sqrt(2 / rows)),
        [rows, columns],
      ),
    )
  const [first, second] = [gauss(length, hidden), gauss(hidden, options.dimension)]
  const basis = tf.tensor2d(start.basis, [length, length])
  const inputs = (features: Float32Array): tf.Tensor2D => {
    const centred = Float32Array.from(features, (value, at) => value - start.mean[at % length]!)
    return tf.matMul(tf.tensor2d(centred, [features.length / length, length]), basis)
  }
  const forward = (x: tf.Tensor2D): tf.Tensor2D => unitRows(tf.matMul(tf.relu(tf.matMul(x, first)), second))
  const all = inputs(problem.features)
  const optimizer = tf.train.adam(options.learningRate)
  for (let step = 0; step < options.steps; step++)
    tf.tidy(() => {
      const drawn = drawBatch(
        problem.source,
        options.albumsPerBatch,
        options.photosPerAlbum,
        new Random(`${options.seed}/${step}`),
      )
      const relation = relate(drawn, problem.labels)
      const x = tf.gather(all, tf.tensor1d(drawn, 'int32'))
      optimizer.minimize(() => options.loss(forward(x), relation), false, [first, second])
    })
  return features => tf.tidy(() => forward(inputs(features)).dataSync<'float32'>().slice())
}
