import { attributeTypes } from '../../../../../electron/engine/vision/onnx-graph/attributes.ts'
import { encodeModel } from '../../../../../electron/engine/vision/onnx-graph/schema.ts'
import { dataTypes } from '../../../../../electron/engine/vision/onnx-graph/tensor.ts'

/** Parts of ONNX files as tests write them down. */
export interface NodeParts {
  readonly opType: string
  readonly input: readonly string[]
  readonly output: readonly string[]
  readonly name?: string
  readonly domain?: string
  readonly attribute: readonly object[]
}

export const int = (i: number): object => ({ i, type: attributeTypes.int })
export const ints = (...values: number[]): object => ({ ints: values, type: attributeTypes.ints })
export const float = (f: number): object => ({ f, type: attributeTypes.float })
export const text = (s: string): object => ({ s: Buffer.from(s), type: attributeTypes.string })
export const tensor = (t: object): object => ({ t, type: attributeTypes.tensor })

/** @param input names, divided by spaces; `-` is left out */
export const node = (
  opType: string,
  input: string,
  output: string,
  attributes: Readonly<Record<string, object>> = {},
): NodeParts => ({
  opType,
  input: input
    .split(' ')
    .filter(Boolean)
    .map(name => (name === '-' ? '' : name)),
  output: output.split(' '),
  attribute: Object.entries(attributes).map(([name, attribute]) => ({ name, ...attribute })),
})

export const floats = (dims: readonly number[], values: ArrayLike<number>): object => ({
  dims,
  dataType: dataTypes.float,
  rawData: Buffer.from(Float32Array.from(values).buffer),
})

export const integers = (...values: number[]): object => ({
  dims: [values.length],
  dataType: dataTypes.int64,
  int64Data: values,
})

export interface FileParts {
  readonly nodes: readonly NodeParts[]
  readonly weights?: Readonly<Record<string, object>>
  readonly inputs?: readonly string[]
  readonly outputs?: readonly string[]
  readonly opset?: number
}

/** An ONNX file; its inputs and outputs are floats of any shape. */
export function file({
  nodes,
  weights = {},
  inputs = ['x'],
  outputs = ['y'],
  opset = 17,
}: FileParts): Buffer {
  const info = (name: string): object => ({ name, type: { tensorType: { elemType: dataTypes.float } } })
  const bytes = encodeModel({
    opsetImport: [{ domain: '', version: opset }],
    graph: {
      node: nodes,
      initializer: Object.entries(weights).map(([name, parts]) => ({ name, ...parts })),
      input: inputs.map(info),
      output: outputs.map(info),
    },
  })
  // Version 8 of the format and the name of the graph: Kindred needs neither, ONNX Runtime does.
  return Buffer.concat([Buffer.of(0x08, 0x08), bytes, Buffer.of(0x3a, 0x03, 0x12, 0x01, 0x67)])
}
