import protobuf from 'protobufjs/light.js'

/**
 * The messages of an ONNX file that Kindred reads, as far as it reads them; all else in a file is kept as bytes
 * (`$unknowns`). Field numbers: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */
export interface ModelProto {
  opsetImport: { domain: string; version: Wide }[]
  graph: GraphProto | null
}

export interface GraphProto {
  node: NodeProto[]
  initializer: TensorProto[]
  input: ValueInfoProto[]
  output: ValueInfoProto[]
}

export interface NodeProto {
  input: string[]
  output: string[]
  name: string
  opType: string
  attribute: AttributeProto[]
  domain: string
}

export interface AttributeProto {
  name: string
  f: number
  i: Wide
  s: Uint8Array
  t: TensorProto | null
  floats: number[]
  ints: Wide[]
  type: number
}

export interface TensorProto {
  name: string
  dims: Wide[]
  dataType: number
  floatData: number[]
  int32Data: number[]
  int64Data: Wide[]
  doubleData: number[]
  rawData: Uint8Array
  dataLocation: number
}

export interface ValueInfoProto {
  name: string
  type: { tensorType: { elemType: number } | null } | null
}

/** A whole number of 64 bits: protobufjs makes an object of it. */
export type Wide = number | { toNumber(): number }

type Rule = 'repeated' | 'packed'

const message = (fields: Record<string, [number, string, Rule?]>): protobuf.IType => ({
  // ONNX counts a field that is there and zero as set.
  edition: 'proto2',
  fields: Object.fromEntries(
    Object.entries(fields).map(([name, [id, type, rule]]) => [
      name,
      { id, type, ...(rule && { rule: 'repeated', options: { packed: rule === 'packed' } }) },
    ]),
  ),
})

const root = protobuf.Root.fromJSON({
  nested: {
    Model: message({ opsetImport: [8, 'OperatorSetId', 'repeated'], graph: [7, 'Graph'] }),
    OperatorSetId: message({ domain: [1, 'string'], version: [2, 'int64'] }),
    Graph: message({
      node: [1, 'Node', 'repeated'],
      initializer: [5, 'Tensor', 'repeated'],
      input: [11, 'ValueInfo', 'repeated'],
      output: [12, 'ValueInfo', 'repeated'],
    }),
    Node: message({
      input: [1, 'string', 'repeated'],
      output: [2, 'string', 'repeated'],
      name: [3, 'string'],
      opType: [4, 'string'],
      attribute: [5, 'Attribute', 'repeated'],
      domain: [7, 'string'],
    }),
    Attribute: message({
      name: [1, 'string'],
      f: [2, 'float'],
      i: [3, 'int64'],
      s: [4, 'bytes'],
      t: [5, 'Tensor'],
      floats: [7, 'float', 'repeated'],
      ints: [8, 'int64', 'repeated'],
      type: [20, 'int32'],
    }),
    Tensor: message({
      dims: [1, 'int64', 'repeated'],
      dataType: [2, 'int32'],
      floatData: [4, 'float', 'packed'],
      int32Data: [5, 'int32', 'packed'],
      int64Data: [7, 'int64', 'packed'],
      name: [8, 'string'],
      rawData: [9, 'bytes'],
      doubleData: [10, 'double', 'packed'],
      dataLocation: [14, 'int32'],
    }),
    ValueInfo: message({ name: [1, 'string'], type: [2, 'Type'] }),
    Type: message({ tensorType: [1, 'TensorType'] }),
    TensorType: message({ elemType: [1, 'int32'] }),
  },
})

const model = root.lookupType('Model')

/** @throws an error of protobufjs where the bytes are none of such a message */
export function decodeModel(bytes: Uint8Array): ModelProto {
  const reader = protobuf.Reader.create(bytes)
  reader.discardUnknown = false
  return model.decode(reader) as unknown as ModelProto
}

/** @param proto as `decodeModel` gave it, with what it kept of the file, or made anew of the same fields */
export function encodeModel(proto: object): Uint8Array {
  return model.encode(proto).finish()
}
