import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, test } from 'vitest'
import { chooseBackend } from '../../../../../electron/engine/vision/tensors/backend.ts'
import { gram, product } from '../../../../../electron/engine/vision/tensors/product.ts'
import { Random } from '../../../../../electron/shared/random.ts'

const drawn = (rows: number, columns: number): tf.Tensor2D => {
  const random = new Random(`${rows}×${columns}`)
  return tf.tensor2d(
    Float32Array.from({ length: rows * columns }, () => random.gauss()),
    [rows, columns],
  )
}

function expectSame(actual: tf.Tensor, expected: tf.Tensor): void {
  expect(actual.shape).toEqual(expected.shape)
  const wanted = expected.dataSync()
  for (const [i, value] of actual.dataSync().entries()) expect(value).toBeCloseTo(wanted[i]!, 4)
}

describe.each(['wasm', 'cpu'] as const)('tensor product, on %s', backend => {
  test('has the value and gradient of TensorFlow.js', async () => {
    await chooseBackend([backend])
    const [a, b] = [drawn(7, 12), drawn(12, 5)]
    expectSame(product(a, b), tf.matMul(a, b))
    const slopes = drawn(7, 5)
    const loss = (multiply: typeof product) => (x: tf.Tensor, y: tf.Tensor) =>
      tf.sum<tf.Scalar>(tf.mul(multiply(x as tf.Tensor2D, y as tf.Tensor2D), slopes))
    const [mine, theirs] = [product, (x: tf.Tensor2D, y: tf.Tensor2D): tf.Tensor2D => tf.matMul(x, y)].map(
      multiply => tf.grads(loss(multiply))([a, b]),
    )
    for (const [i, gradient] of mine!.entries()) expectSame(gradient, theirs![i]!)
  })

  test('has the gradient of both sides for all pairs of rows', async () => {
    await chooseBackend([backend])
    const rows = drawn(6, 4)
    expectSame(gram(rows), tf.matMul(rows, rows, false, true))
    const slopes = drawn(6, 6)
    const gradient = (multiply: (x: tf.Tensor2D) => tf.Tensor2D): tf.Tensor =>
      tf.grad(x => tf.sum(tf.mul(multiply(x as tf.Tensor2D), slopes)))(rows)
    expectSame(
      gradient(gram),
      gradient(x => tf.matMul(x, x, false, true)),
    )
  })
})
