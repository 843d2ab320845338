import type * as tf from '@tensorflow/tfjs-core'
import { Misfit } from './invalid.ts'
import type { OnnxNode } from './model-file.ts'
import type { FloatTensor, OnnxTensor } from './tensor.ts'
import type { Value } from './value.ts'

/** Makes an operator ready for running: what can be wrong with it without an input is found here. */
export type Operator = (node: OnnxNode, graph: GraphContext) => Compute

export interface Compute {
  /** The inputs that it takes as values, by their places; absent: all. */
  readonly reads?: readonly number[]
  /** @param inputs by their places; undefined where left out */
  run(inputs: readonly (Value | undefined)[]): Value
}

/** What an operator may know of the network around it. */
export interface GraphContext {
  readonly opset: number
  /** A value that is known before running. */
  constant(name: string | undefined): OnnxTensor | undefined
  /** The output of which operator it is; undefined for inputs and constants. */
  madeBy(name: string | undefined): string | undefined
  /** Says that these values are learned, where they are weights of the file. */
  learn(name: string | undefined): void
  /** Learned weights of a convolution in the order that TensorFlow.js takes. Its values change as it learns. */
  filter(name: string, weights: FloatTensor, order: WeightOrder): tf.Tensor
}

/** How weights are stored other than in the file: seen in `shape`, with the axes in the order of `axes`. */
export interface WeightOrder {
  readonly shape: readonly number[]
  readonly axes: readonly number[]
}

/** An operator of one input, and nothing to be wrong. */
export const unary =
  (run: (input: Value, node: OnnxNode) => Value): Operator =>
  node => ({ run: inputs => run(need(inputs, 0), node) })

export function need(inputs: readonly (Value | undefined)[], index: number): Value {
  const value = inputs[index]
  if (!value) throw new Misfit(`input ${index} is missing`)
  return value
}

/** Whole numbers that newer operators take as an input and older ones as an attribute. */
export function settingOf(
  node: OnnxNode,
  graph: GraphContext,
  name: string,
  input: number,
): number[] | undefined {
  const attribute = node.attributes.ints(name)
  if (attribute || !node.inputs[input]) return attribute
  const constant = graph.constant(node.inputs[input])
  if (constant?.kind !== 'integers') throw new Misfit(`"${name}" is not known before running`)
  return [...constant.values]
}
