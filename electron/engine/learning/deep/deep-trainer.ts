import * as tf from '@tensorflow/tfjs-core'
import { KindredError } from '../../../shared/errors.ts'
import { Random } from '../../../shared/random.ts'
import type { Head } from '../../vision/head/head.ts'
import type { ModelCard } from '../../vision/network/model-card.ts'
import type { NetworkPixels } from '../../media/decode.ts'
import { originOf } from '../training/origin.ts'
import { Adam } from './adam.ts'
import { augment, resized, type Augmentation } from './augment.ts'
import { BatchDrawer } from './batch.ts'
import { readCheckpoint, writeCheckpoint } from './checkpoint.ts'
import { SiameseNetwork } from './siamese.ts'

/** What is trained on. */
export interface DeepLesson {
  /** The network to begin with: ONNX. */
  readonly model: Uint8Array
  readonly card: Pick<ModelCard, 'input' | 'output'>
  readonly head: Head
  /** Class of each photo. */
  readonly classes: Int32Array
  /** Of the network's size, or larger, which leaves more to cut from. */
  readonly pixels: (photo: number) => NetworkPixels | Promise<NetworkPixels>
  readonly loss: DeepLoss
  /** What else the training depends on (pixels, labels, the loss), as {@link originOf} takes it. */
  readonly content: readonly unknown[]
}

/**
 * @param embeddings `count × dimension`, each row of length 1
 * @param classes of each row
 * @param photos which photo each row is
 */
export type DeepLoss = (embeddings: tf.Tensor2D, classes: Int32Array, photos: readonly number[]) => tf.Scalar

export interface DeepOptions {
  /** The learning rate falls towards the last step. */
  readonly steps: number
  readonly classesPerBatch: number
  readonly photosPerClass: number
  /** The highest, after the warm-up. A network that is well trained already needs a small one. */
  readonly learningRate: { readonly backbone: number; readonly head: number }
  /** The same gives the same training, on the same machine and backend. */
  readonly seed: number | string
  /** Absent: photos are not changed. */
  readonly augmentation?: Augmentation
}

/** Photos embedded at once, without gradients. */
const EMBED_BATCH = 16

/** Share of the steps in which the learning rate rises. */
const WARM_UP = 0.05

/**
 * Trains a network and its head together: deep metric learning with a siamese network. It runs on the backend of
 * TensorFlow.js that is set when it is constructed, and is meant for a GPU.
 */
export class DeepTrainer {
  readonly #lesson: DeepLesson
  readonly #options: DeepOptions
  readonly #network: SiameseNetwork
  readonly #optimizer: Adam
  readonly #batches: BatchDrawer
  readonly #origin: Buffer
  #stepsDone = 0

  /** @throws KindredError `model-invalid`; `no-albums` where there are not two classes */
  constructor(lesson: DeepLesson, options: DeepOptions) {
    this.#lesson = lesson
    this.#options = options
    this.#batches = new BatchDrawer(lesson.classes)
    this.#network = new SiameseNetwork(lesson.model, lesson.card, lesson.head)
    this.#origin = originOf(
      lesson.model,
      this.#network.headParameters(),
      lesson.classes,
      options,
      ...lesson.content,
    )
    this.#optimizer = new Adam([
      { variables: this.#network.backboneVariables, rate: options.learningRate.backbone },
      { variables: this.#network.headVariables, rate: options.learningRate.head },
    ])
  }

  get stepsDone(): number {
    return this.#stepsDone
  }

  /**
   * Trains on one batch.
   * @returns the loss before this step
   * @throws KindredError `runtime-failed` where the loss is no number any more, or the batch does not fit into memory: the
   *   weights stay as they were. `model-invalid` where the network does not take the photos
   */
  async step(): Promise<number> {
    const { steps, seed, classesPerBatch, photosPerClass } = this.#options
    if (this.#stepsDone >= steps) throw new RangeError(`all ${steps} steps are done`)
    const random = new Random(`${seed}/${this.#stepsDone}`)
    const photos = this.#batches.draw(classesPerBatch, photosPerClass, random)
    const classes = Int32Array.from(photos, photo => this.#lesson.classes[photo]!)
    const rgb = await this.#read(photos, random)
    const { value, grads } = this.#gradients(rgb, classes, photos)
    const loss = (await value.data<'float32'>())[0]!
    if (Number.isFinite(loss)) {
      this.#optimizer.apply(grads, this.#stepsDone, paceAt(this.#stepsDone, steps))
      this.#stepsDone++
    }
    tf.dispose([value, grads])
    if (!Number.isFinite(loss))
      throw new KindredError('runtime-failed', 'The training lost its way: its loss is no number any more.')
    return loss
  }

  #gradients(
    rgb: Uint8Array,
    classes: Int32Array,
    photos: readonly number[],
  ): ReturnType<typeof tf.variableGrads> {
    try {
      return tf.variableGrads(
        () => this.#lesson.loss(this.#network.embed(rgb, photos.length), classes, photos),
        [...this.#network.variables],
      )
    } catch (error) {
      if (error instanceof KindredError) throw error
      const reason = error instanceof Error ? error.message : String(error)
      throw new KindredError('runtime-failed', `The training broke off: ${reason}`, { cause: error })
    }
  }

  async #read(photos: readonly number[], random: Random): Promise<Uint8Array> {
    const { size } = this.#lesson.card.input
    const { augmentation } = this.#options
    const squares = await Promise.all(photos.map(async photo => this.#lesson.pixels(photo)))
    const rgb = new Uint8Array(photos.length * size * size * 3)
    for (const [n, square] of squares.entries())
      rgb.set(
        augmentation ? augment(square, size, augmentation, random) : resized(square, size),
        n * size * size * 3,
      )
    return rgb
  }

  /**
   * Embeds photos with the present weights.
   * @returns `count × dimension`, each row of length 1
   */
  async embed(photos: readonly NetworkPixels[]): Promise<Float32Array> {
    const { card, head } = this.#lesson
    const bytes = card.input.size ** 2 * 3
    const out = new Float32Array(photos.length * head.dimension)
    for (let first = 0; first < photos.length; first += EMBED_BATCH) {
      const batch = photos.slice(first, first + EMBED_BATCH)
      const rgb = new Uint8Array(batch.length * bytes)
      for (const [n, photo] of batch.entries()) rgb.set(resized(photo, card.input.size), n * bytes)
      const rows = this.#network.embed(rgb, batch.length)
      out.set(await rows.data<'float32'>(), first * head.dimension)
      rows.dispose()
    }
    return out
  }

  /** Returns the state to resume from: steps done, weights, and the optimizer's state. */
  checkpoint(): Buffer {
    const values = this.#state.map(tensor => tensor.dataSync<'float32'>())
    return writeCheckpoint(this.#origin, { stepsDone: this.#stepsDone, values })
  }

  /**
   * Resumes from a checkpoint of the same training. The result is the same as without the stop.
   * @throws KindredError `model-invalid` where it is of another training, or damaged
   */
  restore(checkpoint: Uint8Array): void {
    const sizes = this.#state.map(tensor => tensor.size)
    const { stepsDone, values } = readCheckpoint(checkpoint, this.#origin, sizes)
    tf.tidy(() => {
      for (const [i, variable] of this.#state.entries())
        variable.assign(tf.tensor(values[i]!, variable.shape))
    })
    this.#stepsDone = stepsDone
  }

  get #state(): readonly tf.Variable[] {
    return [...this.#network.variables, ...this.#optimizer.state]
  }

  /** Returns the trained network as an ONNX file, and the parameters of its head. */
  export(): { onnx: Uint8Array; headParameters: Buffer } {
    return { onnx: this.#network.toOnnx(), headParameters: this.#network.headParameters() }
  }

  dispose(): void {
    this.#optimizer.dispose()
    this.#network.dispose()
  }
}

/** Returns the factor on the learning rates: a linear warm-up, then cosine decay. */
function paceAt(step: number, steps: number): number {
  const rise = Math.ceil(steps * WARM_UP)
  if (step < rise) return (step + 1) / rise
  return (1 + Math.cos((Math.PI * (step - rise)) / (steps - rise))) / 2
}
