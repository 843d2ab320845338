/**
 * @file Registers the gradient kernels that TensorFlow.js lacks or has too slow; imported for that effect only.
 *
 * The WebAssembly backend of TensorFlow.js (4.22) has no gradients of filters and none of depthwise convolutions, and
 * that of a convolution's input is a plain loop, 10 times slower than the convolution itself. Here they are made of what
 * it does fast (XNNPACK's convolutions, and products of matrices that are not transposed on the fly) and registered as its
 * kernels. Slices and sums over first axes are avoided: there, both copy all of their input. Its gradient of max pooling
 * loses windows without a value above zero, so that is replaced, too. The other backends need none of this.
 *
 * Images are `count × height × width × channels`, filters `height × width × in × out`.
 */
// Registers its own kernels, some of which are replaced here.
import '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs-core'
// Registers the gradients of all operators; the module of tfjs-core that does so cannot be loaded by Node.
import '@tensorflow/tfjs-layers'

type Shape4D = [number, number, number, number]
type Geometry = tf.backend_util.Conv2DInfo

/** The inputs of kernels by the names of TensorFlow.js; each kernel has some of them. */
type Inputs = Readonly<Record<'x' | 'dy' | 'filter' | 'input' | 'output', tf.Tensor4D>>

interface Attributes {
  readonly strides: number | [number, number]
  readonly pad: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil'
  /** For the gradients of a convolution: the shape of what the kernel is to return. */
  readonly inputShape: Shape4D
  readonly filterShape: Shape4D
  /** For the gradient of a pooling. */
  readonly filterSize: number | [number, number]
}

/** The memory of the backend: a view of values in it is valid until the next allocation. */
interface Heap {
  typedArrayFromHeap(tensor: tf.TensorInfo): Float32Array
}

function register(
  name: string,
  kernel: (inputs: Inputs, attributes: Attributes, heap: Heap) => tf.Tensor,
): void {
  // Registering a kernel twice warns on the console.
  const there = tf.getKernel(name, 'wasm') as tf.KernelConfig | undefined
  if (there) tf.unregisterKernel(name, 'wasm')
  tf.registerKernel({
    kernelName: name,
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs, backend }) =>
      tf.tidy(() => kernel(inputs as Inputs, attrs as unknown as Attributes, backend as unknown as Heap)),
  })
}

function registerConvolution(
  name: string,
  depthwise: boolean,
  kernel: (inputs: Inputs, geometry: Geometry, heap: Heap) => tf.Tensor,
): void {
  register(name, (inputs, { strides, pad, dimRoundingMode, ...shapes }, heap) => {
    const inputShape = 'x' in inputs ? inputs.x.shape : shapes.inputShape
    const filterShape = 'filter' in inputs ? inputs.filter.shape : shapes.filterShape
    const { computeConv2DInfo } = tf.backend_util
    return kernel(
      inputs,
      computeConv2DInfo(inputShape, filterShape, strides, 1, pad, dimRoundingMode, depthwise),
      heap,
    )
  })
}

registerConvolution(tf.Conv2DBackpropInput, false, ({ dy, filter }, geometry) =>
  tf.conv2d(spreadOut(dy, geometry), flipped(tf.transpose<tf.Tensor4D>(filter, [0, 1, 3, 2])), 1, 'valid'),
)

registerConvolution(tf.Conv2DBackpropFilter, false, ({ x, dy }, geometry, heap) => {
  const { outChannels, filterShape } = geometry
  const pixels = isPointwise(geometry)
    ? tf.reshape<tf.Rank.R2>(x, [-1, geometry.inChannels])
    : patches(x, geometry, heap)
  return tf.reshape(
    tf.matMul(tf.transpose(pixels), tf.reshape<tf.Rank.R2>(dy, [-1, outChannels])),
    filterShape,
  )
})

registerConvolution(tf.DepthwiseConv2dNativeBackpropInput, true, ({ dy, filter }, geometry) => {
  const { inChannels, outChannels, filterHeight, filterWidth } = geometry
  const slopes = spreadOut(dy, geometry)
  const perChannel = outChannels / inChannels
  if (perChannel === 1) return tf.depthwiseConv2d(slopes, flipped(filter), 1, 'valid')
  // The outputs of a channel lie side by side: each part takes one output of every channel.
  const filters = tf.split<tf.Tensor4D>(filter, perChannel, 3)
  const parts = tf
    .split(tf.reshape(slopes, [-1, perChannel]), perChannel, 1)
    .map((part, i) =>
      tf.depthwiseConv2d<tf.Tensor4D>(
        tf.reshape(part, [...slopes.shape.slice(0, 3), inChannels] as Shape4D),
        flipped(tf.reshape(filters[i]!, [filterHeight, filterWidth, inChannels, 1])),
        1,
        'valid',
      ),
    )
  return tf.addN(parts)
})

registerConvolution(tf.DepthwiseConv2dNativeBackpropFilter, true, ({ x, dy }, geometry, heap) => {
  const { inChannels, outChannels, filterShape } = geometry
  // Input channels are repeated to match the output channels, so that the innermost loop runs over neighbours.
  const perChannel = outChannels / inChannels
  const wide = perChannel === 1 ? x : tf.tile(tf.reshape(x, [-1, inChannels, 1]), [1, 1, perChannel])
  const [pixels, slopes] = [heap.typedArrayFromHeap(wide), heap.typedArrayFromHeap(dy)]
  const sums = new Float64Array(tf.util.sizeFromShape(filterShape))
  eachMeeting(geometry, (input, tap, output) => {
    const [from, at, to] = [input * outChannels, output * outChannels, tap * outChannels]
    for (let channel = 0; channel < outChannels; channel++)
      sums[to + channel]! += pixels[from + channel]! * slopes[at + channel]!
  })
  return tf.tensor(Float32Array.from(sums), filterShape)
})

register(tf.MaxPoolGrad, ({ dy, input, output }, attributes, heap) => {
  const { filterSize, strides, pad, dimRoundingMode } = attributes
  const geometry = tf.backend_util.computePool2DInfo(
    input.shape,
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  )
  const { inChannels } = geometry
  const gradient = tf.zeros(input.shape)
  const [pixels, highest, slopes, sums] = [input, output, dy, gradient].map(tensor =>
    heap.typedArrayFromHeap(tensor),
  )
  // The first of equal pixels takes all of the gradient.
  const found = new Uint8Array(dy.size)
  eachMeeting(geometry, (from, _tap, to) => {
    for (let channel = 0; channel < inChannels; channel++) {
      const [pixel, place] = [from * inChannels + channel, to * inChannels + channel]
      if (found[place] || pixels![pixel] !== highest![place]) continue
      sums![pixel]! += slopes![place]!
      found[place] = 1
    }
  })
  return gradient
})

/** Returns a row for each output pixel: all input values under the filter, zeros beyond the edges (im2col). */
function patches(x: tf.Tensor4D, geometry: Geometry, heap: Heap): tf.Tensor2D {
  const { batchSize, inChannels, outHeight, outWidth, filterHeight, filterWidth } = geometry
  const taps = filterHeight * filterWidth
  const out = tf.zeros<tf.Rank.R2>([batchSize * outHeight * outWidth, taps * inChannels])
  const [pixels, rows] = [heap.typedArrayFromHeap(x), heap.typedArrayFromHeap(out)]
  eachMeeting(geometry, (input, tap, output) => {
    const [from, to] = [input * inChannels, (output * taps + tap) * inChannels]
    for (let channel = 0; channel < inChannels; channel++) rows[to + channel] = pixels[from + channel]!
  })
  return out
}

/** Calls `meet` for each pair of input and output pixel that a tap of the filter joins; pixels count over the batch. */
function eachMeeting(geometry: Geometry, meet: (input: number, tap: number, output: number) => void): void {
  const { batchSize, inHeight, inWidth, outHeight, outWidth, filterHeight, filterWidth } = geometry
  const { strideHeight, strideWidth, padInfo } = geometry
  for (let n = 0; n < batchSize; n++)
    for (let outY = 0; outY < outHeight; outY++)
      for (let outX = 0; outX < outWidth; outX++) {
        const output = (n * outHeight + outY) * outWidth + outX
        const [top, left] = [outY * strideHeight - padInfo.top, outX * strideWidth - padInfo.left]
        for (let down = Math.max(0, -top); down < Math.min(filterHeight, inHeight - top); down++)
          for (let across = Math.max(0, -left); across < Math.min(filterWidth, inWidth - left); across++)
            meet((n * inHeight + top + down) * inWidth + left + across, down * filterWidth + across, output)
      }
}

/** Spreads the output gradient by the strides and pads it: convolved with the flipped filter, it gives the input's. */
function spreadOut(dy: tf.Tensor4D, geometry: Geometry): tf.Tensor4D {
  const { batchSize, outChannels, outHeight, outWidth, strideHeight, strideWidth, padInfo } = geometry
  if (isPointwise(geometry)) return dy
  const wide = padRows(dy, batchSize * outHeight * outWidth, strideWidth)
  const high = padRows(wide, batchSize * outHeight, strideHeight)
  const [rows, columns] = [outHeight * strideHeight, outWidth * strideWidth]
  const top = geometry.filterHeight - 1 - padInfo.top
  const left = geometry.filterWidth - 1 - padInfo.left
  return padOrCrop(tf.reshape(high, [batchSize, rows, columns, outChannels]), [
    [top, geometry.inHeight + geometry.filterHeight - 1 - rows - top],
    [left, geometry.inWidth + geometry.filterWidth - 1 - columns - left],
  ])
}

/** Views values as so many rows, and pads each with zeros at its end to so many times its length. */
function padRows(x: tf.Tensor, rows: number, times: number): tf.Tensor {
  const length = x.size / rows
  return times === 1
    ? x
    : tf.pad(tf.reshape(x, [rows, length]), [
        [0, 0],
        [0, (times - 1) * length],
      ])
}

/** Pads images with zeros, or crops them where a number is negative. */
function padOrCrop(
  x: tf.Tensor4D,
  [[top, bottom], [left, right]]: [[number, number], [number, number]],
): tf.Tensor4D {
  const [count, height, width, channels] = x.shape
  const more = (amount: number): number => Math.max(0, amount)
  const padded = tf.pad(x, [
    [0, 0],
    [more(top), more(bottom)],
    [more(left), more(right)],
    [0, 0],
  ])
  if (Math.min(top, bottom, left, right) >= 0) return padded
  return tf.slice4d(
    padded,
    [0, more(-top), more(-left), 0],
    [count, height + top + bottom, width + left + right, channels],
  )
}

/** Whether each output pixel depends on the input pixel at its place only. */
const isPointwise = ({ filterHeight, filterWidth, strideHeight, strideWidth, padInfo }: Geometry): boolean =>
  filterHeight * filterWidth * strideHeight * strideWidth === 1 &&
  padInfo.top + padInfo.bottom + padInfo.left + padInfo.right === 0

const flipped = (filter: tf.Tensor4D): tf.Tensor4D =>
  filter.shape[0] * filter.shape[1] === 1 ? filter : tf.reverse(filter, [0, 1])
