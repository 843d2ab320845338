import type * as tf from '@tensorflow/tfjs-core'
import { Misfit } from './invalid.ts'
import type { OnnxNode } from './model-file.ts'
import type { FloatTensor, OnnxTensor } from './tensor.ts'
import type { Value } from './value.ts'

/** Prepares a node for running, and throws a `Misfit` for all that is wrong with it whatever its input. */
export type Operator = (node: OnnxNode, graph: GraphContext) => Compute

/** A node that is ready to run. */
export interface Compute {
  /** The places of the inputs that it takes as values; absent: all. */
  readonly reads?: readonly number[]
  /** @param inputs by their places; undefined where left out */
  run(inputs: readonly (Value | undefined)[]): Value
}

/** What an operator sees of the network around it. */
export interface GraphContext {
  readonly opset: number
  /** Returns a value that is known before running. */
  constant(name: string | undefined): OnnxTensor | undefined
  /** Returns the operator that computes a value; undefined for inputs and constants. */
  madeBy(name: string | undefined): string | undefined
  /** Makes values trainable, where they are weights of the file. */
  learn(name: string | undefined): void
  /** Returns the trainable weights of a convolution, in the order that TensorFlow.js takes; training changes them. */
  filter(name: string, weights: FloatTensor, order: WeightOrder): tf.Tensor
}

/** Another order of weights than the file's: viewed in `shape`, with the axes in the order of `axes`. */
export interface WeightOrder {
  readonly shape: readonly number[]
  readonly axes: readonly number[]
}

/** An operator of one input that is always valid. */
export const unary =
  (run: (input: Value, node: OnnxNode) => Value): Operator =>
  node => ({ run: inputs => run(need(inputs, 0), node) })

export function need(inputs: readonly (Value | undefined)[], index: number): Value {
  const value = inputs[index]
  if (!value) throw new Misfit(`input ${index} is missing`)
  return value
}

/** Returns integers that newer operators take as an input and older ones as an attribute. */
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
