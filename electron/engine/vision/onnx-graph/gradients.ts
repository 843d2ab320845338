/**
 * What gradients need beside TensorFlow.js as it comes; to be imported for its effect.
 *
 * Its WebAssembly backend (4.22) has no gradients of filters and none of depthwise convolutions, and that of a
 * convolution's input is a plain loop, 10 times slower than the convolution itself. Here they are made of what it does
 * quickly (XNNPACK's convolutions, and products of matrices that are not transposed on the fly) and registered as its
 * kernels. Slices and sums over first axes are avoided: there, both copy all of their input. Its gradient of a maximum
 * pooling loses windows without a value above zero, so that is replaced, too. The other backends need none of this.
 *
 * Images are `count × height × width × channels`, filters `height × width × in × out`.
 */
// Registers its own kernels, which must be there before.
import '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs-core'
// The gradients of all operators are apart from the core; for Node, only this package brings them.
import '@tensorflow/tfjs-layers'

type Shape4D = [number, number, number, number]
type Geometry = tf.backend_util.Conv2DInfo

/** By the names that TensorFlow.js gives them; a kernel has some of them. */
type Inputs = Readonly<Record<'x' | 'dy' | 'filter' | 'input' | 'output', tf.Tensor4D>>

interface Attributes {
  readonly strides: number | [number, number]
  readonly pad: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil'
  /** Of what a convolution's kernel answers, the shape is given. */
  readonly inputShape: Shape4D
  readonly filterShape: Shape4D
  /** Of a pooling. */
  readonly filterSize: number | [number, number]
}

/** The backend's memory: values as they lie there, until the next allocation. */
interface Heap {
  typedArrayFromHeap(tensor: tf.TensorInfo): Float32Array
}

function register(
  name: string,
  kernel: (inputs: Inputs, attributes: Attributes, heap: Heap) => tf.Tensor,
): void {
  // Registering over a kernel that is there warns on the console.
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
  tf.conv2d(spreadOut(dy, geometry), turned(tf.transpose<tf.Tensor4D>(filter, [0, 1, 3, 2])), 1, 'valid'),
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
  if (perChannel === 1) return tf.depthwiseConv2d(slopes, turned(filter), 1, 'valid')
  // The outputs of a channel lie side by side: their first ones together, then their second ones.
  const filters = tf.split<tf.Tensor4D>(filter, perChannel, 3)
  const parts = tf
    .split(tf.reshape(slopes, [-1, perChannel]), perChannel, 1)
    .map((part, i) =>
      tf.depthwiseConv2d<tf.Tensor4D>(
        tf.reshape(part, [...slopes.shape.slice(0, 3), inChannels] as Shape4D),
        turned(tf.reshape(filters[i]!, [filterHeight, filterWidth, inChannels, 1])),
        1,
        'valid',
      ),
    )
  return tf.addN(parts)
})

registerConvolution(tf.DepthwiseConv2dNativeBackpropFilter, true, ({ x, dy }, geometry, heap) => {
  const { inChannels, outChannels, filterShape } = geometry
  // As many channels on both sides, so that the innermost loop is one over neighbours.
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
  const answer = tf.zeros(input.shape)
  const [pixels, highest, slopes, sums] = [input, output, dy, answer].map(tensor =>
    heap.typedArrayFromHeap(tensor),
  )
  // The first of equal pixels has it all.
  const found = new Uint8Array(dy.size)
  eachMeeting(geometry, (from, _tap, to) => {
    for (let channel = 0; channel < inChannels; channel++) {
      const [pixel, place] = [from * inChannels + channel, to * inChannels + channel]
      if (found[place] || pixels![pixel] !== highest![place]) continue
      sums![pixel]! += slopes![place]!
      found[place] = 1
    }
  })
  return answer
})

/** For each output pixel a row: all that the filter meets, zeros beyond the edges. */
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

/** All pairs of an input pixel and an output pixel that meet through a tap of the filter; pixels count over the batch. */
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

/** Slopes set apart as the outputs lie on the input, framed such that the turned filter meets all that each came from. */
function spreadOut(dy: tf.Tensor4D, geometry: Geometry): tf.Tensor4D {
  const { batchSize, outChannels, outHeight, outWidth, strideHeight, strideWidth, padInfo } = geometry
  if (isPointwise(geometry)) return dy
  const wide = followed(dy, batchSize * outHeight * outWidth, strideWidth)
  const high = followed(wide, batchSize * outHeight, strideHeight)
  const [rows, columns] = [outHeight * strideHeight, outWidth * strideWidth]
  const top = geometry.filterHeight - 1 - padInfo.top
  const left = geometry.filterWidth - 1 - padInfo.left
  return framed(tf.reshape(high, [batchSize, rows, columns, outChannels]), [
    [top, geometry.inHeight + geometry.filterHeight - 1 - rows - top],
    [left, geometry.inWidth + geometry.filterWidth - 1 - columns - left],
  ])
}

/** Seen as so many rows, zeros after each until it is so many times as long. */
function followed(x: tf.Tensor, rows: number, times: number): tf.Tensor {
  const length = x.size / rows
  return times === 1
    ? x
    : tf.pad(tf.reshape(x, [rows, length]), [
        [0, 0],
        [0, (times - 1) * length],
      ])
}

/** Images with zeros around them, or with pixels cut off where the number is negative. */
function framed(
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

/** Whether each output pixel is made of the input pixel at its place, and of that alone. */
const isPointwise = ({ filterHeight, filterWidth, strideHeight, strideWidth, padInfo }: Geometry): boolean =>
  filterHeight * filterWidth * strideHeight * strideWidth === 1 &&
  padInfo.top + padInfo.bottom + padInfo.left + padInfo.right === 0

const turned = (filter: tf.Tensor4D): tf.Tensor4D =>
  filter.shape[0] * filter.shape[1] === 1 ? filter : tf.reverse(filter, [0, 1])
