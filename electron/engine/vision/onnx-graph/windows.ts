import * as tf from '@tensorflow/tfjs-core'
import { Misfit } from './invalid.ts'
import type { OnnxNode } from './model-file.ts'

/** No network exceeds these, only a damaged file: they bound the time and memory of running it. */
const MOST = { kernel: 256, stride: 64, dilation: 32, pad: 256 }

/** Pixels beside an image: [top, bottom], [left, right]. */
export type Pads = readonly [readonly [number, number], readonly [number, number]]

/** The windows of a convolution or a pooling over an image; pairs are height and width. */
export interface Windows {
  readonly kernel: readonly [number, number]
  readonly strides: readonly [number, number]
  readonly dilations: readonly [number, number]
  pads(height: number, width: number): Pads
}

/** @param kernel the size of the window, where the node has no attribute for it */
export function windowsOf({ attributes }: OnnxNode, kernel?: readonly number[]): Windows {
  const pair = (name: string, most: number, fallback?: readonly number[]): [number, number] => {
    const values = attributes.ints(name) ?? fallback
    if (values?.length !== 2) throw new Misfit(`"${name}" is not given for two dimensions`)
    if (!values.every(value => value >= 1 && value <= most)) throw new Misfit(`"${name}" is out of range`)
    return [values[0]!, values[1]!]
  }
  const size = pair('kernel_shape', MOST.kernel, kernel)
  const strides = pair('strides', MOST.stride, [1, 1])
  const dilations = pair('dilations', MOST.dilation, [1, 1])
  const fixed = attributes.ints('pads') ?? [0, 0, 0, 0]
  if (fixed.length !== 4 || !fixed.every(pad => pad >= 0 && pad <= MOST.pad))
    throw new Misfit('"pads" is out of range')
  const auto = attributes.text('auto_pad', 'NOTSET')
  if (!['NOTSET', 'VALID', 'SAME_UPPER', 'SAME_LOWER'].includes(auto))
    throw new Misfit(`"auto_pad" is unknown: ${auto}`)
  const along = (axis: 0 | 1, length: number): [number, number] => {
    if (auto === 'NOTSET') return [fixed[axis]!, fixed[axis + 2]!]
    if (auto === 'VALID') return [0, 0]
    const steps = Math.ceil(length / strides[axis])
    const total = Math.max(0, (steps - 1) * strides[axis] + extent(size[axis], dilations[axis]) - length)
    const less = Math.floor(total / 2)
    return auto === 'SAME_UPPER' ? [less, total - less] : [total - less, less]
  }
  return { kernel: size, strides, dilations, pads: (height, width) => [along(0, height), along(1, width)] }
}

/** Returns the size of a window with the gaps between its taps. */
export const extent = (kernel: number, dilation: number): number => (kernel - 1) * dilation + 1

/**
 * Pads images with pixels of one value. TensorFlow.js could pad within a convolution, but its native backend has no
 * gradients for that.
 */
export function padded(images: tf.Tensor4D, [rows, columns]: Pads, value = 0): tf.Tensor4D {
  if ([...rows, ...columns].every(pad => pad === 0)) return images
  return tf.pad(images, [[0, 0], [...rows], [...columns], [0, 0]], value)
}
