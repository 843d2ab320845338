import * as tf from '@tensorflow/tfjs-core'
import { Misfit } from './invalid.ts'
import { need, type Operator } from './operator.ts'
import { sizeOf } from './tensor.ts'
import { axisOf, inFileOrder, reshaped, shapeOf, toFileOrder } from './value.ts'

/** `alpha · A · B + beta · C`, with A and B transposed where the attributes say so. */
export const gemm: Operator = (node, graph) => {
  const { attributes, inputs: names } = node
  const alpha = attributes.float('alpha', 1)
  const beta = attributes.float('beta', 1)
  const transposeA = attributes.int('transA', 0) !== 0
  const transposeB = attributes.int('transB', 0) !== 0
  for (const name of names) graph.learn(name)
  return {
    run(inputs) {
      const [a, b] = [toFileOrder(need(inputs, 0)), toFileOrder(need(inputs, 1))]
      if (a.rank !== 2 || b.rank !== 2) throw new Misfit('matrices are needed')
      const product = scaled(tf.matMul(a, b, transposeA, transposeB), alpha)
      return inFileOrder(inputs[2] ? tf.add(product, scaled(toFileOrder(inputs[2]), beta)) : product)
    },
  }
}

const scaled = (tensor: tf.Tensor, factor: number): tf.Tensor =>
  factor === 1 ? tensor : tf.mul(tensor, factor)

export const matMul: Operator = ({ inputs: names }, graph) => {
  for (const name of names) graph.learn(name)
  return {
    run(inputs) {
      const [a, b] = [toFileOrder(need(inputs, 0)), toFileOrder(need(inputs, 1))]
      if (a.rank < 2 || b.rank < 2) throw new Misfit('matrices are needed')
      if (b.rank === 2 && a.rank > 2) {
        const rows = tf.reshape(a, [-1, a.shape.at(-1)!])
        return inFileOrder(tf.reshape(tf.matMul(rows, b), [...a.shape.slice(0, -1), b.shape[1]!]))
      }
      // TensorFlow.js does not sum the gradients over dimensions that it broadcasts.
      if (a.shape.slice(0, -2).join() !== b.shape.slice(0, -2).join())
        throw new Misfit('stacks of matrices of different shapes are not supported')
      return inFileOrder(tf.matMul(a, b))
    },
  }
}

/** Softmax along an axis; before version 13 of the operators over all dimensions from the axis on. */
export const softmax: Operator = ({ attributes }, { opset }) => {
  const alongAxis = opset >= 13
  const given = attributes.int('axis', alongAxis ? -1 : 1)
  return {
    run(inputs) {
      const input = need(inputs, 0)
      const shape = shapeOf(input)
      const axis = axisOf(given, shape.length)
      if (!alongAxis) {
        const rows = reshaped(input, [sizeOf(shape.slice(0, axis)), sizeOf(shape.slice(axis))])
        return reshaped(inFileOrder(tf.softmax(toFileOrder(rows))), shape)
      }
      // TensorFlow.js has a softmax along the last axis only.
      const order = [...shape.keys()]
      ;[order[axis], order[shape.length - 1]] = [shape.length - 1, axis]
      return inFileOrder(tf.transpose(tf.softmax(tf.transpose(toFileOrder(input), order)), order))
    },
  }
}
