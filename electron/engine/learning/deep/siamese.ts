import * as tf from '@tensorflow/tfjs-core'
import type { Head } from '../../vision/head/head.ts'
import type { ModelCard } from '../../vision/network/model-card.ts'
import { toInputTensor } from '../../vision/network/preprocess.ts'
import { GraphExecutor } from '../../vision/onnx-graph/executor.ts'
import { ModelFile } from '../../vision/onnx-graph/model-file.ts'
import { product } from '../../vision/tensors/product.ts'
import { floatsToBytes } from './floats.ts'

/** A network and its head, all of it trainable: the same for anchor, positive and negative. */
export class SiameseNetwork {
  readonly #model: ModelFile
  readonly #input: ModelCard['input']
  readonly #backbone: GraphExecutor
  readonly #mean: tf.Variable
  readonly #matrix: tf.Variable

  /**
   * @param head one without a projection begins as the identity
   * @throws KindredError `model-invalid`
   */
  constructor(model: Uint8Array, { input, output }: Pick<ModelCard, 'input' | 'output'>, head: Head) {
    this.#model = new ModelFile(model)
    this.#input = input
    this.#backbone = new GraphExecutor(this.#model, input.name, output.name)
    const { inputLength, dimension, projection } = head
    this.#mean = tf.tidy(() =>
      tf.variable(projection ? tf.tensor1d(projection.mean) : tf.zeros([inputLength])),
    )
    this.#matrix = tf.tidy(() =>
      tf.variable(
        projection ? tf.tensor2d(projection.matrix, [inputLength, dimension]) : tf.eye(inputLength),
      ),
    )
  }

  get backboneVariables(): readonly tf.Variable[] {
    return this.#backbone.parameters.map(({ variable }) => variable)
  }

  get headVariables(): readonly tf.Variable[] {
    return [this.#mean, this.#matrix]
  }

  get variables(): readonly tf.Variable[] {
    return [...this.backboneVariables, ...this.headVariables]
  }

  /**
   * @param rgb photos of the network's size, one after the other
   * @returns `count × dimension`, each row of length 1
   */
  embed(rgb: Uint8Array, count: number): tf.Tensor2D {
    const { size } = this.#input
    return tf.tidy(() => {
      const images = tf.tensor4d(toInputTensor(rgb, count, this.#input), [count, 3, size, size])
      const features = tf.reshape(this.#backbone.run(images), [count, -1])
      const projected = product(tf.sub(features, this.#mean), this.#matrix as tf.Tensor2D)
      const lengths = tf.sqrt(tf.add(tf.sum(tf.square(projected), 1, true), 1e-12))
      return tf.div<tf.Tensor2D>(projected, lengths)
    })
  }

  /** Returns the network as an ONNX file. */
  toOnnx(): Uint8Array {
    return this.#model.withWeights(this.#backbone.weights())
  }

  /** Returns the head as it is stored: see `headFromParameters`. */
  headParameters(): Buffer {
    return Buffer.concat(this.headVariables.map(variable => floatsToBytes(variable.dataSync<'float32'>())))
  }

  dispose(): void {
    this.#backbone.dispose()
    tf.dispose([this.#mean, this.#matrix])
  }
}
