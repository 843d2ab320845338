import * as tf from '@tensorflow/tfjs-core'
import { KindredError } from '../../../shared/errors.ts'
import { Random } from '../../../shared/random.ts'
import type { Head } from '../../vision/head/head.ts'
import { product } from '../../vision/tensors/product.ts'
import { unitRows, type Loss } from './losses.ts'
import type { DiscriminantInit } from './discriminant-init.ts'
import { drawBatch, relate, type BatchSource } from './triplets.ts'
import type { Labels } from '../labels/training-set.ts'

export interface HeadProblem {
  /** Of the labelled photos, `rows × length`. */
  readonly features: Float32Array
  readonly source: BatchSource
  readonly labels: Labels
}

export interface HeadOptions {
  readonly loss: Loss
  /** Length of the embedding. */
  readonly dimension: number
  readonly steps: number
  readonly seed: number
  /** P and K of a batch. */
  readonly albumsPerBatch: number
  readonly photosPerAlbum: number
  readonly learningRate: number
}

/** Decay of the moving average of the weights, which is kept: it is steadier than the weights of the last step. */
const AVERAGE_DECAY = 0.99
/** Root mean square length to which inputs are scaled, so that one learning rate fits every library. */
const SCALE = 16

/** Trains a siamese head, step by step: the same projection for anchor, positive and negative. */
export class HeadTrainer {
  readonly #problem: HeadProblem
  readonly #options: HeadOptions
  readonly #start: DiscriminantInit
  /** Features in the coordinates of the initial projection, `rows × length`. */
  readonly #inputs: Float32Array
  readonly #length: number
  readonly #weights: tf.Variable<tf.Rank.R2>
  readonly #average: tf.Variable<tf.Rank.R2>
  readonly #optimizer: tf.AdamOptimizer
  #step = 0

  constructor(problem: HeadProblem, start: DiscriminantInit, options: HeadOptions) {
    this.#problem = problem
    this.#options = options
    this.#start = start
    this.#length = start.mean.length
    this.#inputs = inStartCoordinates(problem.features, start)
    const identity = new Float32Array(this.#length * options.dimension)
    for (let i = 0; i < Math.min(this.#length, options.dimension); i++)
      identity[i * options.dimension + i] = 1
    const shape: [number, number] = [this.#length, options.dimension]
    this.#weights = tf.variable(tf.tensor2d(identity, shape), true)
    this.#average = tf.variable(tf.tensor2d(identity, shape), false)
    this.#optimizer = tf.train.adam(options.learningRate)
  }

  get step(): number {
    return this.#step
  }

  get done(): boolean {
    return this.#step >= this.#options.steps
  }

  /** Takes one step. Returns its loss. */
  advance(): number {
    const { source, labels } = this.#problem
    const { albumsPerBatch, photosPerAlbum, seed, steps, loss } = this.#options
    // Each step has its own generator, so that a training resumed from a checkpoint draws the same batches.
    const random = new Random(`${seed}/${this.#step}`)
    const rows = drawBatch(source, albumsPerBatch, photosPerAlbum, random)
    const relation = relate(rows, labels)
    setLearningRate(
      this.#optimizer,
      this.#options.learningRate * 0.5 * (1 + Math.cos((Math.PI * this.#step) / steps)),
    )
    const value = tf.tidy(() => {
      const inputs = tf.tensor2d(this.#gather(rows), [rows.length, this.#length])
      const cost = this.#optimizer.minimize(
        () => loss(unitRows(product(inputs, this.#weights)), relation),
        true,
        [this.#weights],
      )
      this.#average.assign(
        tf.add(tf.mul(this.#average, AVERAGE_DECAY), tf.mul(this.#weights, 1 - AVERAGE_DECAY)),
      )
      return cost!.dataSync()[0]!
    })
    this.#step++
    return value
  }

  /** Returns the present head, with the averaged weights. */
  head(): Head {
    const { basis, mean } = this.#start
    const { dimension } = this.#options
    const matrix = tf.tidy(() =>
      tf.matMul(tf.tensor2d(basis, [this.#length, this.#length]), this.#average).dataSync<'float32'>(),
    )
    return {
      inputLength: this.#length,
      dimension,
      projection: { mean: Float32Array.from(mean), matrix: Float32Array.from(matrix) },
    }
  }

  /** Returns the state to resume from: step, weights, average, and the optimizer's state. */
  async checkpoint(): Promise<Uint8Array> {
    const optimizerState = await this.#optimizer.getWeights()
    // The first is the optimizer's own count of steps.
    const tensors = [this.#weights, this.#average, ...optimizerState.slice(1).map(({ tensor }) => tensor)]
    const values = Float32Array.from([this.#step, ...tensors.flatMap(tensor => [...tensor.dataSync()])])
    optimizerState[0]?.tensor.dispose()
    return new Uint8Array(values.buffer)
  }

  /** @throws KindredError `model-invalid` where the checkpoint is damaged */
  async restore(checkpoint: Uint8Array): Promise<void> {
    const values = new Float32Array(checkpoint.slice().buffer, 0, Math.floor(checkpoint.length / 4))
    const shape: [number, number] = [this.#length, this.#options.dimension]
    const size = shape[0] * shape[1]
    const count = (values.length - 1) / size
    if ((count !== 2 && count !== 4) || checkpoint.length % 4 !== 0)
      throw new KindredError('model-invalid', 'The checkpoint is damaged.')
    const tensors = Array.from({ length: count }, (_, i) =>
      tf.tensor2d(values.slice(1 + i * size, 1 + (i + 1) * size), shape),
    )
    this.#step = values[0]!
    this.#weights.assign(tensors[0]!)
    this.#average.assign(tensors[1]!)
    if (count !== 4) return
    await this.#optimizer.setWeights([
      { name: 'iter', tensor: tf.scalar(this.#step, 'int32') },
      ...tensors.slice(2).map((tensor, i) => ({ name: `moment-${i}`, tensor })),
    ])
    setDecay(this.#optimizer, this.#step)
  }

  dispose(): void {
    tf.dispose([this.#weights, this.#average])
    this.#optimizer.dispose()
  }

  #gather(rows: readonly number[]): Float32Array {
    const out = new Float32Array(rows.length * this.#length)
    for (const [i, row] of rows.entries())
      out.set(this.#inputs.subarray(row * this.#length, (row + 1) * this.#length), i * this.#length)
    return out
  }
}

/** The optimizer reads its learning rate at each step, but has no setter for it. */
function setLearningRate(optimizer: tf.AdamOptimizer, rate: number): void {
  ;(optimizer as unknown as { learningRate: number }).learningRate = rate
}

/**
 * The optimizer multiplies its accumulated decay step by step, but computes a power when it is restored, which differs in
 * the last bit.
 */
function setDecay(optimizer: tf.AdamOptimizer, steps: number): void {
  type Decay = Readonly<Record<'beta1' | 'beta2', number> & Record<'accBeta1' | 'accBeta2', tf.Variable>>
  const { beta1, beta2, accBeta1, accBeta2 } = optimizer as unknown as Decay
  for (const [beta, accumulated] of [
    [beta1, accBeta1],
    [beta2, accBeta2],
  ] as const) {
    let value = Math.fround(beta)
    for (let step = 0; step < steps; step++) value = Math.fround(value * Math.fround(beta))
    tf.tidy(() => accumulated.assign(tf.scalar(value)))
  }
}

function inStartCoordinates(features: Float32Array, { mean, basis }: DiscriminantInit): Float32Array {
  const length = mean.length
  const centred = Float32Array.from(features, (value, at) => value - mean[at % length]!)
  const inputs = tf.tidy(() =>
    tf
      .matMul(tf.tensor2d(centred, [features.length / length, length]), tf.tensor2d(basis, [length, length]))
      .dataSync<'float32'>(),
  )
  const squares = inputs.reduce((sum, value) => sum + value * value, 0)
  const scale = SCALE / Math.sqrt(squares / (inputs.length / length) || 1)
  return inputs.map(value => value * scale)
}
