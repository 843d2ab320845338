import type { OnnxNode, ModelFile } from '../onnx-graph/model-file.ts'
import type { NetworkCard } from '../network/model-card.ts'

/** A layer between the last map and the features: `features = matrix · map + bias` at each place. */
export interface DenseLayer {
  /** `outputs × inputs`, row by row. */
  readonly matrix: Float32Array
  readonly bias: Float32Array | undefined
  readonly inputs: number
  readonly outputs: number
}

/**
 * The last feature map of a network: what it computes for each place of a photo before it takes the mean over all places.
 * Where only linear layers follow, a photo's features are the mean of the features at its places.
 */
export interface LastMap {
  /** Name of the map among the values of the network, of shape `count × channels × rows × columns`. */
  readonly name: string
  /** What follows the mean, in order. */
  readonly layers: readonly DenseLayer[]
}

/** Operators that change the shape of one row per photo and none of its values. */
const PASSING = new Set(['Flatten', 'Reshape', 'Squeeze', 'Identity', 'Dropout'])

/** Returns the last map of a network; undefined where it takes no plain mean, or something that is not linear follows. */
export function lastMapOf(
  { nodes, initializers }: Pick<ModelFile, 'nodes' | 'initializers'>,
  { output }: Pick<NetworkCard, 'output'>,
): LastMap | undefined {
  if (output.reduce === 'mean over the map') return { name: output.name, layers: [] }
  if (output.reduce !== undefined) return undefined
  const makers = new Map(nodes.flatMap(node => node.outputs.map(name => [name, node] as const)))
  const layers: DenseLayer[] = []
  let node = makers.get(output.name)
  while (node) {
    const [from = ''] = node.inputs
    if (isMeanOverPlaces(node)) return { name: from, layers: layers.reverse() }
    if (!PASSING.has(node.operator)) {
      const layer = denseLayer(node, initializers)
      if (!layer) return undefined
      layers.push(layer)
    }
    node = makers.get(from)
  }
  return undefined
}

function isMeanOverPlaces({ operator, attributes, inputs }: OnnxNode): boolean {
  if (operator === 'GlobalAveragePool') return true
  // From version 18 of the operators on, the axes are an input; such a network names them there.
  const axes = operator === 'ReduceMean' && inputs.length === 1 ? attributes.ints('axes') : undefined
  return axes?.length === 2 && axes.every(axis => [2, 3, -1, -2].includes(axis))
}

function denseLayer(
  { operator, attributes, inputs }: OnnxNode,
  initializers: ModelFile['initializers'],
): DenseLayer | undefined {
  if (operator !== 'Gemm' || attributes.int('transB', 0) !== 1 || attributes.int('transA', 0) !== 0)
    return undefined
  if (attributes.float('alpha', 1) !== 1 || attributes.float('beta', 1) !== 1) return undefined
  const [, matrix, bias] = inputs.map(name => initializers.get(name))
  if (matrix?.kind !== 'floats' || matrix.shape.length !== 2) return undefined
  if (bias !== undefined && bias.kind !== 'floats') return undefined
  const [outputs = 0, inputLength = 0] = matrix.shape
  return { matrix: matrix.values, bias: bias?.values, inputs: inputLength, outputs }
}

/**
 * Returns the features at each place of a map.
 * @param map `channels × places` of one photo
 * @returns `places × length`, whose mean is the photo's features
 */
export function featuresAtPlaces(
  map: Float32Array,
  places: number,
  layers: readonly DenseLayer[],
): Float32Array {
  let rows: Float32Array = transposed(map, places)
  for (const layer of layers) rows = applied(layer, rows)
  return rows
}

function transposed(map: Float32Array, places: number): Float32Array {
  const channels = map.length / places
  const rows = new Float32Array(map.length)
  for (let c = 0; c < channels; c++)
    for (let p = 0; p < places; p++) rows[p * channels + c] = map[c * places + p]!
  return rows
}

function applied({ matrix, bias, inputs, outputs }: DenseLayer, rows: Float32Array): Float32Array {
  const count = rows.length / inputs
  const out = new Float32Array(count * outputs)
  for (let n = 0; n < count; n++) {
    const row = rows.subarray(n * inputs, (n + 1) * inputs)
    for (let o = 0; o < outputs; o++) {
      let sum = bias?.[o] ?? 0
      for (let i = 0, at = o * inputs; i < inputs; i++, at++) sum += matrix[at]! * row[i]!
      out[n * outputs + o] = sum
    }
  }
  return out
}
