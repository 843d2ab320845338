import * as tf from '@tensorflow/tfjs-core'
import { Misfit } from './invalid.ts'
import type { OnnxNode } from './model-file.ts'
import { need, settingOf, unary, type Operator } from './operator.ts'
import { asImages, axisOf, imageAxis, inFileOrder, needTensor, toFileOrder, toImages } from './value.ts'
import { padded, windowsOf, type Pads, type Windows } from './windows.ts'

/** The value that ONNX Runtime starts a maximum from. */
const LOWEST = -3.4028234663852886e38

export const globalAveragePool = unary(input => asImages(tf.mean(toImages(input), [1, 2], true)))

export const maxPool: Operator = node => {
  const windows = plainWindows(node)
  return {
    run(inputs) {
      const images = toImages(need(inputs, 0))
      const framed = padded(images, padsFor(node, windows, images), LOWEST)
      return asImages(tf.maxPool(framed, [...windows.kernel], [...windows.strides], 'valid'))
    },
  }
}

export const averagePool: Operator = node => {
  const windows = plainWindows(node)
  const withPads = node.attributes.int('count_include_pad', 0) !== 0
  return {
    run(inputs) {
      const images = toImages(need(inputs, 0))
      const pads = padsFor(node, windows, images)
      const sums = tf.avgPool(padded(images, pads), [...windows.kernel], [...windows.strides], 'valid')
      const [top, left] = withPads
        ? windows.pads(images.shape[1], images.shape[2])
        : [[0, 0] as const, [0, 0] as const]
      const rows = shares(sums.shape[1], 0, images.shape[1], top)
      const columns = shares(sums.shape[2], 1, images.shape[2], left)
      if ([...rows, ...columns].every(share => share === 1)) return asImages(sums)
      const factors = rows.flatMap(row => columns.map(column => 1 / (row * column)))
      return asImages(tf.mul(sums, tf.tensor4d(factors, [1, rows.length, columns.length, 1])))

      /** Returns the share of each window along an axis that counts: TensorFlow.js divides by the whole window. */
      function shares(
        count: number,
        axis: 0 | 1,
        length: number,
        counted: readonly [number, number],
      ): number[] {
        const before = pads[axis][0]
        return Array.from({ length: count }, (_, i) => {
          const start = i * windows.strides[axis] - before
          const end = Math.min(start + windows.kernel[axis], length + counted[1])
          return (end - Math.max(start, -counted[0])) / windows.kernel[axis]
        })
      }
    },
  }
}

export const reduceMean: Operator = (node, graph) => {
  const axes = settingOf(node, graph, 'axes', 1)
  const keep = node.attributes.int('keepdims', 1) !== 0
  if (!axes?.length && node.attributes.int('noop_with_empty_axes', 0) !== 0)
    return { reads: [0], run: inputs => need(inputs, 0) }
  return {
    reads: [0],
    run(inputs) {
      const value = needTensor(need(inputs, 0))
      const { rank } = value.tensor
      const all = axes?.length ? axes.map(axis => axisOf(axis, rank)) : [...value.tensor.shape.keys()]
      if (value.channelsLast && keep) return asImages(tf.mean(value.tensor, all.map(imageAxis), true))
      // A mean over both axes of an image needs no reordering of the channels.
      const overImages = value.channelsLast && all.includes(2) && all.includes(3)
      return inFileOrder(
        overImages ? tf.mean(value.tensor, all.map(imageAxis)) : tf.mean(toFileOrder(value), all, keep),
      )
    },
  }
}

function plainWindows(node: OnnxNode): Windows {
  const windows = windowsOf(node)
  if (windows.dilations.some(dilation => dilation !== 1))
    throw new Misfit('gaps in a pooling are not supported')
  return windows
}

/** Returns the pads of images, with those that rounding up (`ceil_mode`) adds at the end. */
function padsFor({ attributes }: OnnxNode, windows: Windows, { shape }: tf.Tensor4D): Pads {
  const roundUp = attributes.int('ceil_mode', 0) !== 0
  const pads = windows.pads(shape[1], shape[2])
  const along = (axis: 0 | 1): [number, number] => {
    const [before, after] = pads[axis]
    const [kernel, stride] = [windows.kernel[axis], windows.strides[axis]]
    if (before >= kernel || after >= kernel) throw new Misfit('a pooling is padded by more than its window')
    const length = shape[axis + 1]!
    const rest = length + before + after - kernel
    if (rest < 0) throw new Misfit(`an image of ${length} pixels is smaller than its window`)
    const steps = roundUp ? Math.ceil(rest / stride) : Math.floor(rest / stride)
    // A window that would begin after the image is left out.
    const last = steps * stride >= length + before ? steps - 1 : steps
    return [before, Math.max(after, last * stride + kernel - before - length)]
  }
  return [along(0), along(1)]
}
