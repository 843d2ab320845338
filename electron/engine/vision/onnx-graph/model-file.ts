import { Attributes } from './attributes.ts'
import { invalid } from './invalid.ts'
import { decodeModel, encodeModel, type GraphProto, type ModelProto } from './schema.ts'
import { dataTypes, readTensor, toNumber, writeTensor, type OnnxTensor } from './tensor.ts'

/** The oldest supported version of the operators: before it, `Add` and `Mul` broadcast differently. */
const OLDEST_OPSET = 7

/** A node of a network: one operator with its inputs and outputs. */
export interface OnnxNode {
  /** Such as `Conv`; with its domain in front where it is not one of ONNX's own. */
  readonly operator: string
  /** The operator, and the node's name where it has one, for messages. */
  readonly label: string
  /** Names of values; an empty name stands for an input that is left out. */
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: Attributes
}

/** A network as an ONNX file holds it. */
export class ModelFile {
  /** The version of the operators. */
  readonly opset: number
  /** In topological order: each comes after those that it depends on. */
  readonly nodes: readonly OnnxNode[]
  /** Weights and constants by name. */
  readonly initializers: ReadonlyMap<string, OnnxTensor>
  /** Names of the inputs, without the weights that older files list there too. */
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly #bytes: Uint8Array

  /** @throws KindredError `model-invalid` */
  constructor(bytes: Uint8Array) {
    const { proto, graph } = decode(bytes)
    this.#bytes = bytes
    const opset = proto.opsetImport.find(({ domain }) => isOwnDomain(domain))
    this.opset = opset ? toNumber(opset.version) : 0
    if (this.opset < OLDEST_OPSET)
      throw invalid(`The network needs operators of version ${OLDEST_OPSET} or newer, not ${this.opset}.`)
    this.initializers = new Map(graph.initializer.map(tensor => [tensor.name, readTensor(tensor)]))
    if (this.initializers.size < graph.initializer.length)
      throw invalid('The network has two tensors of one name.')
    this.nodes = graph.node.map(node => {
      const operator = isOwnDomain(node.domain) ? node.opType : `${node.domain}.${node.opType}`
      const label = node.name ? `${operator} "${node.name}"` : operator
      const attributes = new Attributes(node.attribute)
      return { operator, label, inputs: node.input, outputs: node.output, attributes }
    })
    this.inputs = graph.input.map(({ name }) => name).filter(name => !this.initializers.has(name))
    this.outputs = graph.output.map(({ name }) => name)
  }

  /**
   * Returns the file with other weights and everything else as it was, unknown parts included.
   * @param replaced new values of float initializers, by name, in the order of the file
   */
  withWeights(replaced: ReadonlyMap<string, Float32Array>): Uint8Array {
    const { proto, graph } = decode(this.#bytes)
    for (const tensor of graph.initializer) {
      const values = replaced.get(tensor.name)
      if (values) writeTensor(tensor, values)
    }
    return encodeModel(proto)
  }

  /** Returns the file with one more output: a value of single precision that its nodes compute on the way. */
  withOutput(name: string): Uint8Array {
    const { proto, graph } = decode(this.#bytes)
    graph.output.push({ name, type: { tensorType: { elemType: dataTypes.float } } })
    return encodeModel(proto)
  }
}

const isOwnDomain = (domain: string): boolean => domain === '' || domain === 'ai.onnx'

function decode(bytes: Uint8Array): { readonly proto: ModelProto; readonly graph: GraphProto } {
  let proto: ModelProto
  try {
    proto = decodeModel(bytes)
  } catch (error) {
    throw invalid('The file of the network is damaged or no ONNX file.', error)
  }
  if (!proto.graph) throw invalid('The file holds no network.')
  return { proto, graph: proto.graph }
}
