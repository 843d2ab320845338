import * as tf from '@tensorflow/tfjs-core'
import { Misfit } from './invalid.ts'
import type { OnnxNode } from './model-file.ts'
import { need, unary, type GraphContext, type Operator } from './operator.ts'
import { dataTypes } from './tensor.ts'
import {
  asImages,
  inFileOrder,
  like,
  needTensor,
  rankOf,
  shapeOf,
  toFileOrder,
  toImages,
  type Value,
} from './value.ts'

type Attributes = OnnxNode['attributes']

/** An operator that applies a function to each value; the layout stays. */
export const each = (apply: (tensor: tf.Tensor, attributes: Attributes) => tf.Tensor): Operator =>
  unary((input, { attributes }) => {
    const value = needTensor(input)
    return like(value, apply(value.tensor, attributes))
  })

/** An operator that applies a function to pairs of values, broadcast against each other in the order of the file. */
export const pairs =
  (apply: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor): Operator =>
  (node, graph) => {
    learnBias(node, graph)
    return {
      run(inputs) {
        const [a, b] = [needTensor(need(inputs, 0)), needTensor(need(inputs, 1))]
        return (a.channelsLast || b.channelsLast) && rankOf(a) <= 4 && rankOf(b) <= 4
          ? asImages(apply(toImages(ofFour(a)), toImages(ofFour(b))))
          : inFileOrder(apply(toFileOrder(a), toFileOrder(b)))
      },
    }
  }

/** Adds dimensions of 1 in front, as broadcasting does, until there are four. */
function ofFour(value: Value): Value {
  const shape = shapeOf(value)
  return shape.length === 4
    ? value
    : inFileOrder(tf.reshape(toFileOrder(value), [...Array<number>(4 - shape.length).fill(1), ...shape]))
}

/** Makes what is added to the output of a `MatMul` trainable: it is the bias that `MatMul` itself has not. */
function learnBias({ operator, inputs }: OnnxNode, graph: GraphContext): void {
  if (operator !== 'Add') return
  if (graph.madeBy(inputs[0]) === 'MatMul') graph.learn(inputs[1])
  if (graph.madeBy(inputs[1]) === 'MatMul') graph.learn(inputs[0])
}

export const hardSigmoid = each((x, attributes) =>
  hardSigmoidOf(x, attributes.float('alpha', 0.2), attributes.float('beta', 0.5)),
)

export const hardSwish = each(x => tf.mul(x, hardSigmoidOf(x, 1 / 6, 0.5)))

const hardSigmoidOf = (x: tf.Tensor, alpha: number, beta: number): tf.Tensor =>
  clipped(tf.add(tf.mul(x, alpha), beta), 0, 1)

/** Clips values, with a gradient 8 times faster on WebAssembly than that of TensorFlow.js, which compares and selects. */
function clipped(x: tf.Tensor, low: number, high: number): tf.Tensor {
  return tf.customGrad((input, save) => {
    const tensor = input as tf.Tensor
    ;(save as tf.GradSaveFunc)([tensor])
    return {
      value: tf.clipByValue(tensor, low, high),
      gradFunc: (slopes, [saved]) =>
        tf.mul(slopes, tf.mul(tf.step(tf.sub(saved!, low)), tf.step(tf.sub(high, saved!)))),
    }
  })(x)
}

/** Clips between bounds that are attributes before version 11 of the operators, inputs since then. */
export const clip: Operator = ({ inputs: names, attributes }, graph) => {
  const bound = (name: string, place: number, fallback: number): number => {
    if (attributes.has(name)) return attributes.float(name, fallback)
    if (!names[place]) return fallback
    const constant = graph.constant(names[place])
    const value = constant?.kind === 'floats' ? constant.values[0] : undefined
    if (value === undefined) throw new Misfit(`"${name}" is not known before running`)
    return value
  }
  const low = bound('min', 1, -Infinity)
  const high = bound('max', 2, Infinity)
  return {
    reads: [0],
    run(inputs) {
      const value = needTensor(need(inputs, 0))
      return like(value, clipped(value.tensor, low, high))
    },
  }
}

/** Normalises by the means and variances in the file, which training from scratch has measured. */
export const batchNormalization: Operator = ({ attributes, inputs: names }, graph) => {
  const epsilon = attributes.float('epsilon', 1e-5)
  if (attributes.int('training_mode', 0) !== 0) throw new Misfit('only the finished form is supported')
  graph.learn(names[1])
  graph.learn(names[2])
  return {
    run(inputs) {
      const [scale, bias, mean, variance] = [1, 2, 3, 4].map(place => toFileOrder(need(inputs, place)))
      const factor = tf.div(scale!, tf.sqrt(tf.add(variance!, epsilon)))
      const offset = tf.sub(bias!, tf.mul(mean!, factor))
      const apply = (tensor: tf.Tensor): tf.Tensor => tf.add(tf.mul(tensor, factor), offset)
      const input = needTensor(need(inputs, 0))
      if (input.tensor.rank === 4) return asImages(apply(toImages(input)))
      if (input.tensor.rank === 2) return inFileOrder(apply(input.tensor))
      throw new Misfit(`images or rows are needed, a tensor of ${input.tensor.rank} dimensions came`)
    },
  }
}

/** Casts between floating-point types only, which are all of single precision here: it changes nothing. */
export const cast: Operator = ({ attributes }) => {
  const { float, float16, double } = dataTypes
  if (![float, float16, double].includes(attributes.int('to', 0) as never))
    throw new Misfit('only casts among numbers with a fraction are supported')
  return { run: inputs => needTensor(need(inputs, 0)) }
}
