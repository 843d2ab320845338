import * as tf from '@tensorflow/tfjs-core'
import { invalid, Misfit, within } from './invalid.ts'
import type { ModelFile, OnnxNode } from './model-file.ts'
import type { Compute, GraphContext, WeightOrder } from './operator.ts'
import { operators } from './operators.ts'
import { Parameter } from './parameter.ts'
import type { FloatTensor, OnnxTensor } from './tensor.ts'
import { inFileOrder, type Value } from './value.ts'

export interface Step {
  readonly label: string
  readonly compute: Compute
  /** The names of its inputs; undefined where it takes none at that place. */
  readonly inputs: readonly (string | undefined)[]
  readonly output: string
}

/** The operators of a network in their order, linked by names and ready to run, with the tensors that they share. */
export class Graph implements GraphContext {
  readonly opset: number
  readonly steps: Step[] = []
  /** The trainable weights, in the order in which the network uses them. */
  readonly parameters = new Map<string, Parameter>()
  /** Constants and trainable weights that operators take as values. */
  readonly known = new Map<string, Value>()
  readonly #model: ModelFile
  readonly #input: string
  readonly #constants: Map<string, OnnxTensor>
  /** Second names, given by `Identity`, with the names that they stand for. */
  readonly #renamed = new Map<string, string>()
  /** The operator that computes each value. */
  readonly #makers = new Map<string, string>()
  readonly #fixed: tf.Tensor[] = []

  /** @throws KindredError `model-invalid` */
  constructor(model: ModelFile, input: string, output: string) {
    this.opset = model.opset
    this.#model = model
    this.#input = input
    this.#constants = new Map(model.initializers)
    const nodes = neededFor(output, model.nodes)
    const unknown = new Set(nodes.map(node => node.operator).filter(name => !isKnownOperator(name)))
    if (unknown.size > 0)
      throw invalid(`The network uses operators that Kindred cannot train: ${[...unknown].join(', ')}.`)
    try {
      for (const node of nodes) within(node.label, () => this.#add(node))
      if (!this.#has(this.resolve(output)))
        throw invalid(`The network never computes its output "${output}".`)
      this.#link()
    } catch (error) {
      this.dispose()
      throw error
    }
  }

  #add(node: OnnxNode): void {
    for (const name of node.inputs)
      if (name && !this.#has(this.resolve(name))) throw new Misfit(`"${name}" is not there yet`)
    const output = node.outputs[0] ?? ''
    if (this.#has(this.resolve(output))) throw new Misfit(`"${output}" is there already`)
    if (node.operator === 'Identity') this.#renamed.set(output, this.resolve(node.inputs[0] ?? ''))
    else if (node.operator === 'Constant') this.#constants.set(output, constantOf(node))
    else {
      const compute = operators.get(node.operator)!(node, this)
      const inputs = node.inputs.map((name, place) =>
        name && (compute.reads?.includes(place) ?? true) ? this.resolve(name) : undefined,
      )
      this.steps.push({ label: node.label, compute, inputs, output })
      this.#makers.set(output, node.operator)
    }
  }

  #has(name: string): boolean {
    return name === this.#input || this.#constants.has(name) || this.#makers.has(name)
  }

  /** Returns the name under which a value is computed. */
  resolve(name: string): string {
    return this.#renamed.get(name) ?? name
  }

  #link(): void {
    for (const { inputs, label } of this.steps)
      for (const name of inputs) {
        const constant = name === undefined ? undefined : this.#constants.get(name)
        if (name !== undefined && constant && !this.known.has(name))
          within(label, () => this.known.set(name, this.#valueOf(name, constant)))
      }
  }

  #valueOf(name: string, constant: OnnxTensor): Value {
    const parameter = this.parameters.get(name)
    if (parameter?.order) throw new Misfit(`"${name}" is used in two ways`)
    if (parameter) return inFileOrder(parameter.variable)
    if (constant.kind === 'other') throw new Misfit(`"${name}" holds no numbers`)
    if (constant.kind === 'integers') return constant
    const tensor = tf.tensor(constant.values, [...constant.shape])
    this.#fixed.push(tensor)
    return inFileOrder(tensor)
  }

  constant(name = ''): OnnxTensor | undefined {
    return this.#constants.get(this.resolve(name))
  }

  madeBy(name = ''): string | undefined {
    return this.#makers.get(this.resolve(name))
  }

  learn(name = ''): void {
    const weights = this.#model.initializers.get(this.resolve(name))
    if (weights?.kind === 'floats') this.#parameter(this.resolve(name), weights)
  }

  filter(name: string, weights: FloatTensor, order: WeightOrder): tf.Tensor {
    if (this.#model.initializers.has(this.resolve(name)))
      return this.#parameter(this.resolve(name), weights, order).variable
    // The file has it as a constant node, not as a weight: it is not trained.
    const { variable } = new Parameter(name, weights, order)
    this.#fixed.push(variable)
    return variable
  }

  #parameter(name: string, weights: FloatTensor, order?: WeightOrder): Parameter {
    const there = this.parameters.get(name)
    if (there && !there.isStoredAs(order)) throw new Misfit(`"${name}" is used in two ways`)
    const parameter = there ?? new Parameter(name, weights, order)
    this.parameters.set(name, parameter)
    return parameter
  }

  dispose(): void {
    tf.dispose([...this.#fixed, ...[...this.parameters.values()].map(({ variable }) => variable)])
  }
}

const isKnownOperator = (name: string): boolean =>
  name === 'Identity' || name === 'Constant' || operators.has(name)

/** Returns the nodes on which a value depends, in their order. */
function neededFor(output: string, nodes: readonly OnnxNode[]): OnnxNode[] {
  const wanted = new Set([output])
  const needed = nodes.toReversed().filter(node => {
    if (!node.outputs.some(name => name !== '' && wanted.has(name))) return false
    for (const name of node.inputs) wanted.add(name)
    return true
  })
  return needed.reverse()
}

function constantOf({ attributes }: OnnxNode): OnnxTensor {
  const tensor = attributes.tensor('value')
  if (tensor) return tensor
  const floats = attributes.floats('value_floats')
  if (floats) return { kind: 'floats', shape: [floats.length], values: Float32Array.from(floats) }
  if (attributes.has('value_float'))
    return { kind: 'floats', shape: [], values: Float32Array.of(attributes.float('value_float', 0)) }
  const integers = attributes.ints('value_ints')
  if (integers) return { kind: 'integers', shape: [integers.length], values: integers }
  if (attributes.has('value_int'))
    return { kind: 'integers', shape: [], values: [attributes.int('value_int', 0)] }
  throw new Misfit('it holds no numbers')
}
