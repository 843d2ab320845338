/** @file Runs and trains a network of an ONNX file on TensorFlow.js. */
import * as tf from '@tensorflow/tfjs-core'
import './gradients.ts'
import { Graph } from './graph.ts'
import { invalid, within } from './invalid.ts'
import type { ModelFile } from './model-file.ts'
import type { Parameter } from './parameter.ts'
import { inFileOrder, toFileOrder } from './value.ts'

/**
 * Runs a network on TensorFlow.js. The weights and biases of `Conv`, `Gemm` and `MatMul` and the scales and biases of
 * `BatchNormalization` are variables, so that they can be trained; everything else is constant.
 */
export class GraphExecutor {
  readonly #graph: Graph
  readonly #input: string
  readonly #output: string

  /**
   * @param input name of the input; the network may have no other
   * @param output name of the output; only what it depends on is computed
   * @throws KindredError `model-invalid`, also where the output depends on an operator that is not supported
   */
  constructor(model: ModelFile, input: string, output: string) {
    if (!model.inputs.includes(input)) throw invalid(`The network has no input "${input}".`)
    if (!model.outputs.includes(output)) throw invalid(`The network has no output "${output}".`)
    this.#graph = new Graph(model, input, output)
    this.#input = input
    this.#output = this.#graph.resolve(output)
  }

  /** The trainable weights, in the order in which the network uses them. */
  get parameters(): readonly Parameter[] {
    return [...this.#graph.parameters.values()]
  }

  /**
   * Returns the output for an input.
   * @param input of the shape that the file asks for, such as `count × 3 × height × width`
   * @throws KindredError `model-invalid` where an operator cannot take its input
   */
  run(input: tf.Tensor): tf.Tensor {
    return tf.tidy(() => {
      const values = new Map(this.#graph.known).set(this.#input, inFileOrder(input))
      for (const { label, compute, inputs, output } of this.#graph.steps) {
        const taken = inputs.map(name => (name === undefined ? undefined : values.get(name)))
        values.set(
          output,
          within(label, () => compute.run(taken)),
        )
      }
      const result = values.get(this.#output)
      if (!result) throw invalid('The network returns a constant.')
      return within('Output', () => toFileOrder(result))
    })
  }

  /** Returns the trainable weights as they are now, by the names and in the order of the file. */
  weights(): Map<string, Float32Array> {
    return new Map(this.parameters.map(parameter => [parameter.name, parameter.toFile()]))
  }

  dispose(): void {
    this.#graph.dispose()
  }
}
