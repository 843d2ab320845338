import * as tf from '@tensorflow/tfjs-core'
import { Misfit } from './invalid.ts'
import { sizeOf } from './tensor.ts'

/** A value that one operator passes to the next. The file's order is channels first (NCHW). */
export type Value = TensorValue | IntegerValue

export interface TensorValue {
  readonly kind: 'tensor'
  readonly tensor: tf.Tensor
  /**
   * Of four dimensions and stored as NHWC, which is how TensorFlow.js takes images on every backend. A network's images
   * stay so from the first convolution to the last pooling.
   */
  readonly channelsLast: boolean
}

/** Integers, such as shapes and axes, which are known without running. */
export interface IntegerValue {
  readonly kind: 'integers'
  readonly shape: readonly number[]
  readonly values: readonly number[]
}

export const inFileOrder = (tensor: tf.Tensor): TensorValue => ({
  kind: 'tensor',
  tensor,
  channelsLast: false,
})
export const asImages = (tensor: tf.Tensor): TensorValue => ({ kind: 'tensor', tensor, channelsLast: true })
/** Returns a value with the layout of another. */
export const like = ({ channelsLast }: TensorValue, tensor: tf.Tensor): TensorValue => ({
  kind: 'tensor',
  tensor,
  channelsLast,
})

export function needTensor(value: Value): TensorValue {
  if (value.kind === 'integers') throw new Misfit('numbers with a fraction are needed, whole ones came')
  return value
}

export function needIntegers(value: Value): IntegerValue {
  if (value.kind === 'tensor') throw new Misfit('whole numbers that are known before computing are needed')
  return value
}

/** Returns the shape in the order of the file. */
export function shapeOf(value: Value): readonly number[] {
  if (value.kind === 'integers') return value.shape
  const { shape } = value.tensor
  return value.channelsLast ? [shape[0], shape[3]!, shape[1]!, shape[2]!] : shape
}

export const rankOf = (value: Value): number => shapeOf(value).length

/** Returns the tensor as NHWC. */
export function toImages(value: Value): tf.Tensor4D {
  const { tensor, channelsLast } = needTensor(value)
  if (tensor.rank !== 4) throw new Misfit(`images are needed, a tensor of ${tensor.rank} dimensions came`)
  if (channelsLast) return tensor as tf.Tensor4D
  const [count, channels, height, width] = tensor.shape as [number, number, number, number]
  if (channels === 1 || height * width === 1) return tf.reshape(tensor, [count, height, width, channels])
  return tf.transpose(tensor as tf.Tensor4D, [0, 2, 3, 1])
}

/** Returns the tensor in the order of the file. */
export function toFileOrder(value: Value): tf.Tensor {
  const { tensor, channelsLast } = needTensor(value)
  if (!channelsLast) return tensor
  const [count, height, width, channels] = tensor.shape as [number, number, number, number]
  if (channels === 1 || height * width === 1) return tf.reshape(tensor, [count, channels, height, width])
  return tf.transpose(tensor, [0, 3, 1, 2])
}

/** Returns an axis as an index from 0; negative ones count from the end. */
export function axisOf(axis: number, rank: number): number {
  const index = axis < 0 ? axis + rank : axis
  if (!(index >= 0 && index < rank)) throw new Misfit(`there is no axis ${axis} of ${rank}`)
  return index
}

/** Returns the place of an axis of NCHW in NHWC. */
export const imageAxis = (axis: number): number => [0, 3, 1, 2][axis]!

/** Returns the same values in another shape. */
export function reshaped(value: Value, shape: readonly number[]): Value {
  if (
    !shape.every(length => Number.isInteger(length) && length >= 0) ||
    sizeOf(shape) !== sizeOf(shapeOf(value))
  )
    throw new Misfit(`${shapeOf(value).join(' × ')} values cannot take the shape ${shape.join(' × ')}`)
  return value.kind === 'integers'
    ? { ...value, shape }
    : inFileOrder(tf.reshape(toFileOrder(value), [...shape]))
}
