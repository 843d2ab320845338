import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { Adam } from '../../../../../electron/engine/learning/deep/adam.ts'
import '../../../../../electron/engine/vision/onnx-graph/gradients.ts'
import { chooseBackend } from '../../../../../electron/engine/vision/tensors/backend.ts'

describe('Adam', () => {
  beforeAll(async () => {
    await chooseBackend(['cpu'])
  })

  test('takes the steps of TensorFlow.js, each group at its own learning rate', () => {
    const begin = [1, -2, 3]
    const [mine, slow, theirs] = [1, 2, 3].map(() => tf.variable(tf.tensor1d(begin)))
    const loss = (x: tf.Tensor): tf.Scalar => tf.sum(tf.mul(tf.square(x), tf.tensor1d([1, 4, 0.01])))
    const adam = new Adam([
      { variables: [mine!], rate: 0.1 },
      { variables: [slow!], rate: 0.05 },
    ])
    const other = tf.train.adam(0.1, 0.9, 0.999, 1e-8)
    for (let step = 0; step < 20; step++) {
      const { grads } = tf.variableGrads(() => tf.add(loss(mine!), loss(slow!)), [mine!, slow!])
      adam.apply(grads, step, 1)
      other.minimize(() => loss(theirs!), false, [theirs!])
    }
    const [a, b] = [mine!, theirs!].map(variable => [...variable.dataSync()])
    for (const [i, value] of a!.entries()) expect(value).toBeCloseTo(b![i]!, 4)
    expect(slow!.dataSync()[2]).toBeCloseTo(3 - 20 * 0.05, 1)
    const still = [...mine!.dataSync()]
    adam.apply({}, 20, 1)
    expect([...mine!.dataSync()]).toEqual(still)
    adam.dispose()
  })
})
