import * as tf from '@tensorflow/tfjs-core'
import './gradients.ts'
import { Graph } from './graph.ts'
import { invalid, within } from './invalid.ts'
import type { ModelFile } from './model-file.ts'
import type { Parameter } from './parameter.ts'
import { inFileOrder, toFileOrder } from './value.ts'

/**
 * Runs a network on TensorFlow.js. The weights and biases of `Conv`, `Gemm` and `MatMul` and the scales and biases of
 * `BatchNormalization` are variables, so that they can be learned; everything else is constant.
 */
export class GraphExecutor {
  readonly #graph: Graph
  readonly #input: string
  readonly #output: string

  /**
   * @param input name of what is given to the network; it may need nothing else
   * @param output name of what it answers; only what that needs is computed
   * @throws KindredError `model-invalid`, also where that needs an operator that is not known here
   */
  constructor(model: ModelFile, input: string, output: string) {
    if (!model.inputs.includes(input)) throw invalid(`The network has no input "${input}".`)
    if (!model.outputs.includes(output)) throw invalid(`The network has no output "${output}".`)
    this.#graph = new Graph(model, input, output)
    this.#input = input
    this.#output = this.#graph.resolve(output)
  }

  /** What is learned, in the order in which the network uses it. */
  get parameters(): readonly Parameter[] {
    return [...this.#graph.parameters.values()]
  }

  /**
   * @param input with the shape that the file asks for, such as `count × 3 × height × width`
   * @throws KindredError `model-invalid` where an operator cannot take what comes to it
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
      const answer = values.get(this.#output)
      if (!answer) throw invalid('The network answers a constant.')
      return within('Output', () => toFileOrder(answer))
    })
  }

  /** What was learned until now, by the names and in the order of the file. */
  weights(): Map<string, Float32Array> {
    return new Map(this.parameters.map(parameter => [parameter.name, parameter.toFile()]))
  }

  dispose(): void {
    this.#graph.dispose()
  }
}
