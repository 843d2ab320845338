import * as tf from '@tensorflow/tfjs-core'
import type { WeightOrder } from './operator.ts'
import { sizeOf, type FloatTensor } from './tensor.ts'

/** Trainable weights: a variable, stored in the order in which TensorFlow.js takes it at each step. */
export class Parameter {
  /** The name of the tensor in the file. */
  readonly name: string
  readonly variable: tf.Variable
  /** The order in which it is stored; absent: that of the file. */
  readonly order: WeightOrder | undefined

  constructor(name: string, { shape, values }: FloatTensor, order?: WeightOrder) {
    this.name = name
    this.order = order
    const stored = order ? reorder(values, order) : { shape, values }
    this.variable = tf.tidy(() => tf.variable(tf.tensor(stored.values, [...stored.shape])))
  }

  /** Returns the values as they are now, in the order of the file. */
  toFile(): Float32Array {
    const values = this.variable.dataSync<'float32'>()
    if (!this.order) return values
    const { shape, axes } = this.order
    const back = axes.map((_, axis) => axes.indexOf(axis))
    return reorder(values, { shape: axes.map(axis => shape[axis]!), axes: back }).values
  }

  isStoredAs(order: WeightOrder | undefined): boolean {
    return JSON.stringify(order) === JSON.stringify(this.order)
  }
}

/** Transposes values: done once for weights, not at each step. */
export function reorder(
  values: Float32Array,
  { shape, axes }: WeightOrder,
): { shape: number[]; values: Float32Array<ArrayBuffer> } {
  const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)))
  const to = axes.map(axis => shape[axis]!)
  const steps = axes.map(axis => strides[axis]!)
  const out = new Float32Array(values.length)
  const place = to.map(() => 0)
  for (let at = 0, from = 0; at < out.length; at++) {
    out[at] = values[from]!
    for (let axis = to.length - 1; axis >= 0; axis--) {
      from += steps[axis]!
      if (++place[axis]! < to[axis]!) break
      from -= steps[axis]! * to[axis]!
      place[axis] = 0
    }
  }
  return { shape: to, values: out }
}
