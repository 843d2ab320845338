import { Attributes } from './attributes.ts'
import { invalid } from './invalid.ts'
import { decodeModel, encodeModel, type GraphProto, type ModelProto } from './schema.ts'
import { readTensor, toNumber, writeTensor, type OnnxTensor } from './tensor.ts'

/** The oldest version of the operators whose meaning is known here: before it, `Add` and `Mul` broadcast differently. */
const OLDEST_OPSET = 7

/** One operation of a network. */
export interface OnnxNode {
  /** Such as `Conv`; with its domain in front where it is none of ONNX's own. */
  readonly operator: string
  /** What to call it in a message: the operator, and its name where it has one. */
  readonly label: string
  /** Names of values; an empty one is left out. */
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: Attributes
}

/** A network as an ONNX file holds it. */
export class ModelFile {
  /** Version of the meaning of the operators. */
  readonly opset: number
  /** In an order in which each comes after those that it reads. */
  readonly nodes: readonly OnnxNode[]
  /** Weights and constants by name. */
  readonly initializers: ReadonlyMap<string, OnnxTensor>
  /** Names of what is given to the network; older files list their weights here too, which are left out. */
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
   * The file with other weights; everything else is as it was, unknown parts included.
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
