import * as tf from '@tensorflow/tfjs-core'
import { headFromParameters, type Head } from '../../../../../electron/engine/vision/head/head.ts'
import type { ModelCard } from '../../../../../electron/engine/vision/network/model-card.ts'
import { assess } from '../../../../../electron/engine/learning/evaluation/metrics.ts'
import type { NetworkPixels } from '../../../../../electron/engine/media/decode.ts'
import { Random } from '../../../../../electron/shared/random.ts'
import { file, floats, int, ints, node } from '../../vision/onnx-graph/build.ts'

/** A small lesson: drawn patterns of four kinds, and a network that has not seen any. */
export const SIZE = 24
export const CLASSES = 4
const FEATURES = 16
const DIMENSION = 8

export const card: Pick<ModelCard, 'input' | 'output'> = {
  input: {
    ...{ name: 'image', layout: 'NCHW', type: 'float32', size: SIZE, range: [0, 1] },
    ...{ mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25], crop: 'short side to size, bicubic, centre square' },
  },
  output: { name: 'features', length: FEATURES },
}

/** Normal numbers, of the size that keeps the size of what goes through (He et al. 2015). */
function weights(shape: readonly number[], random: Random): object {
  const size = shape.reduce((product, length) => product * length, 1)
  const scale = Math.sqrt(2 / (size / shape[0]!))
  return floats(
    shape,
    Array.from({ length: size }, () => random.gauss() * scale),
  )
}

/** A MobileNet in miniature: a convolution, a depthwise one with its scales, a pointwise one. */
export function network(seed = 1): Buffer {
  const random = new Random(`network/${seed}`)
  const zeros = (count: number): object => floats([count], new Float32Array(count))
  const ones = (count: number): object => floats([count], new Float32Array(count).fill(1))
  return file({
    nodes: [
      node('Conv', 'image w1 b1', 'c1', { strides: ints(2, 2), pads: ints(1, 1, 1, 1) }),
      node('HardSwish', 'c1', 'h1'),
      node('Conv', 'h1 w2', 'c2', { group: int(8), pads: ints(1, 1, 1, 1), strides: ints(2, 2) }),
      node('BatchNormalization', 'c2 scale shift mean variance', 'n2'),
      node('Relu', 'n2', 'r2'),
      node('Conv', 'r2 w3 b3', 'c3'),
      node('HardSwish', 'c3', 'h3'),
      node('GlobalAveragePool', 'h3', 'p'),
      node('Flatten', 'p', 'features'),
    ],
    weights: {
      ...{ w1: weights([8, 3, 3, 3], random), b1: zeros(8), w2: weights([8, 1, 3, 3], random) },
      ...{ scale: ones(8), shift: zeros(8), mean: zeros(8), variance: ones(8) },
      ...{ w3: weights([FEATURES, 8, 1, 1], random), b3: zeros(FEATURES) },
    },
    inputs: ['image'],
    outputs: ['features'],
  })
}

export function head(seed = 1): Head {
  const random = new Random(`head/${seed}`)
  const parameters = Buffer.alloc((FEATURES + FEATURES * DIMENSION) * 4)
  for (let at = FEATURES * 4; at < parameters.length; at += 4) parameters.writeFloatLE(random.gauss() / 4, at)
  return headFromParameters(parameters, FEATURES)
}

/** Stripes across, stripes down, diagonals, a chessboard: in any two colours, of any phase, under noise. */
export function picture(kind: number, seed: number | string): NetworkPixels {
  const random = new Random(`picture/${kind}/${seed}`)
  const [phaseX, phaseY, period] = [random.int(0, 7), random.int(0, 7), random.int(3, 4)]
  const dark = Array.from({ length: 3 }, () => random.between(60, 100))
  const light = dark.map(value => value + random.between(70, 100))
  const rgb = new Uint8Array(SIZE * SIZE * 3)
  const band = (position: number): number => Math.floor(position / period) % 2
  for (let y = 0; y < SIZE; y++)
    for (let x = 0; x < SIZE; x++) {
      const [across, down] = [band(x + phaseX), band(y + phaseY)]
      const on = [down, across, band(x + y + phaseX), across ^ down][kind]!
      for (let c = 0; c < 3; c++)
        rgb[(y * SIZE + x) * 3 + c] = Math.max(
          0,
          Math.min(255, (on ? light : dark)[c]! + random.gauss() * 40),
        )
    }
  return { size: SIZE, rgb }
}

export interface Album {
  readonly photos: readonly NetworkPixels[]
  readonly classes: Int32Array
}

export function album(perClass: number, seed: string): Album {
  const classes = Int32Array.from({ length: perClass * CLASSES }, (_, i) => i % CLASSES)
  return { classes, photos: [...classes].map((kind, i) => picture(kind, `${seed}/${i}`)) }
}

/** Triplet loss with a soft margin over the farthest positive and the nearest negative of each photo. */
export function softBatchHard(embeddings: tf.Tensor2D, classes: Int32Array): tf.Scalar {
  return tf.tidy(() => {
    const labels = tf.tensor1d(classes)
    const same = tf.cast(tf.equal(tf.expandDims(labels, 0), tf.expandDims(labels, 1)), 'float32')
    const products = tf.matMul(embeddings, embeddings, false, true)
    const distances = tf.sqrt(tf.maximum(tf.sub(2, tf.mul(products, 2)), 1e-6))
    const positive = tf.max(tf.mul(distances, same), 1)
    const negative = tf.min(tf.add(distances, tf.mul(same, 10)), 1)
    return tf.mean(tf.log(tf.add(tf.exp(tf.mul(tf.sub(positive, negative), 5)), 1)))
  })
}

/** Mean average precision at R over all photos, each asked for among the others. */
export function mapAtR(embeddings: Float32Array, classes: Int32Array): number {
  const dimension = embeddings.length / classes.length
  const row = (n: number): Float32Array => embeddings.subarray(n * dimension, (n + 1) * dimension)
  const photos = [...classes.keys()]
  const scores = photos.map(query => {
    const nearness = photos.map(other =>
      row(query).reduce((sum, value, i) => sum + value * row(other)[i]!, 0),
    )
    const others = photos.filter(other => other !== query).sort((a, b) => nearness[b]! - nearness[a]!)
    const relevant = others.map(other => classes[other] === classes[query])
    return assess(relevant, relevant.filter(Boolean).length).averagePrecisionAtR
  })
  return scores.reduce((sum, score) => sum + score, 0) / scores.length
}
