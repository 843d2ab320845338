import * as tf from '@tensorflow/tfjs-core'
import { Misfit } from './invalid.ts'
import { need, type Operator } from './operator.ts'
import { asImages, toFileOrder, toImages } from './value.ts'
import { extent, padded, windowsOf } from './windows.ts'

/** Convolution over two dimensions. The weights in the file are `out × in/groups × height × width`. */
export const conv: Operator = (node, graph) => {
  const weights = graph.constant(node.inputs[1])
  if (weights?.kind !== 'floats' || weights.shape.length !== 4)
    throw new Misfit('weights of four dimensions are needed, known before running')
  const [outputs, perGroup, height, width] = weights.shape as [number, number, number, number]
  const groups = node.attributes.int('group', 1)
  if (!(groups >= 1) || outputs % groups !== 0)
    throw new Misfit(`${outputs} channels do not make ${groups} groups`)
  const windows = windowsOf(node, [height, width])
  if (windows.kernel[0] !== height || windows.kernel[1] !== width)
    throw new Misfit('"kernel_shape" is not that of the weights')
  const [down, across] = windows.strides
  // The native backend takes no depthwise convolution with strides that differ by axis.
  const depthwise = perGroup === 1 && groups > 1 && down === across
  const stored = graph.filter(
    node.inputs[1]!,
    weights,
    depthwise
      ? { shape: [groups, outputs / groups, height, width], axes: [2, 3, 0, 1] }
      : { shape: weights.shape, axes: [2, 3, 1, 0] },
  )
  graph.learn(node.inputs[2])
  return {
    reads: [0, 2],
    run(inputs) {
      const images = toImages(need(inputs, 0))
      const [, rows, columns, channels] = images.shape
      if (channels !== perGroup * groups)
        throw new Misfit(`${perGroup * groups} channels are needed, ${channels} came`)
      const paddedImages = padded(images, windows.pads(rows, columns))
      const filter = spread(stored as tf.Tensor4D, windows.dilations)
      const convolved = depthwise
        ? tf.depthwiseConv2d(paddedImages, filter, [down, across], 'valid')
        : grouped(paddedImages, filter, groups, (x, f) => tf.conv2d(x, f, [down, across], 'valid'))
      return asImages(inputs[2] ? withBias(convolved, toFileOrder(inputs[2])) : convolved)
    },
  }
}

/** Adds a bias. Its gradient is a product with ones: 10 times faster on WebAssembly than a sum over the first axes. */
function withBias(images: tf.Tensor4D, bias: tf.Tensor): tf.Tensor {
  const channels = images.shape[3]
  if (bias.rank !== 1 || bias.shape[0] !== channels) throw new Misfit(`the bias is not of ${channels} values`)
  return tf.customGrad((x, b) => ({
    value: tf.add(x as tf.Tensor, b as tf.Tensor),
    gradFunc: slopes => {
      const rows = tf.reshape(slopes, [-1, channels])
      return [slopes, tf.reshape(tf.matMul(tf.ones([1, rows.shape[0]]), rows), [channels])]
    },
  }))(images, bias)
}

/** Convolves each group of channels with its own filters. */
function grouped(
  images: tf.Tensor4D,
  filter: tf.Tensor4D,
  groups: number,
  convolve: (images: tf.Tensor4D, filter: tf.Tensor4D) => tf.Tensor4D,
): tf.Tensor4D {
  if (groups === 1) return convolve(images, filter)
  const filters = tf.split<tf.Tensor4D>(filter, groups, 3)
  return tf.concat(
    tf.split<tf.Tensor4D>(images, groups, 3).map((group, i) => convolve(group, filters[i]!)),
    3,
  )
}

/**
 * Returns a dilated filter as a plain one, with zeros between its taps: TensorFlow.js has no gradients for dilations, and
 * does not take them together with strides.
 * @param filter `height × width × in × out`
 */
function spread(filter: tf.Tensor4D, [down, across]: readonly [number, number]): tf.Tensor4D {
  if (down === 1 && across === 1) return filter
  const [height, width, inputs, outputs] = filter.shape
  const tap = inputs * outputs
  const row = width * across * tap
  const wide = tf.pad(tf.reshape(filter, [height * width, tap]), [
    [0, 0],
    [0, (across - 1) * tap],
  ])
  const high = tf.pad(tf.reshape(wide, [height, row]), [
    [0, 0],
    [0, (down - 1) * row],
  ])
  return tf.slice4d(
    tf.reshape(high, [height * down, width * across, inputs, outputs]),
    [0, 0, 0, 0],
    [extent(height, down), extent(width, across), inputs, outputs],
  )
}
