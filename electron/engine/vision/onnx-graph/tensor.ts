import { toFloat16, toFloat32 } from '../../library/catalog/float16.ts'
import { invalid } from './invalid.ts'
import type { TensorProto, Wide } from './schema.ts'

/** A tensor of the file, row-major. */
export type OnnxTensor = FloatTensor | IntegerTensor | OtherTensor

/** Of single, half or double precision in the file, single precision here. */
export interface FloatTensor {
  readonly kind: 'floats'
  readonly shape: readonly number[]
  readonly values: Float32Array<ArrayBuffer>
}

export interface IntegerTensor {
  readonly kind: 'integers'
  readonly shape: readonly number[]
  readonly values: readonly number[]
}

/** Text, booleans and the like: no supported operator takes them. */
export interface OtherTensor {
  readonly kind: 'other'
}

/** `TensorProto.DataType` */
export const dataTypes = { float: 1, int32: 6, int64: 7, float16: 10, double: 11 } as const

export const sizeOf = (shape: readonly number[]): number => shape.reduce((size, length) => size * length, 1)

export const toNumber = (value: Wide): number => (typeof value === 'number' ? value : value.toNumber())

/** @throws KindredError `model-invalid` where the values do not fill the shape */
export function readTensor(proto: TensorProto): OnnxTensor {
  const shape = proto.dims.map(toNumber)
  const size = sizeOf(shape)
  if (shape.some(length => length < 0))
    throw invalid(`The tensor "${proto.name}" has an impossible shape: ${shape.join(' × ')}.`)
  if (proto.dataLocation !== 0)
    throw invalid(`The tensor "${proto.name}" lies in another file, which Kindred does not read.`)
  const values = readValues(proto)
  if (values === undefined) return { kind: 'other' }
  if (values.length !== size)
    throw invalid(
      `The tensor "${proto.name}" holds ${values.length} values where its shape asks for ${size}.`,
    )
  return values instanceof Float32Array
    ? { kind: 'floats', shape, values }
    : { kind: 'integers', shape, values }
}

/** Reads values from the field of their type, or from raw little-endian bytes. */
function readValues(proto: TensorProto): Float32Array<ArrayBuffer> | number[] | undefined {
  const raw = proto.rawData.length > 0 ? Buffer.from(proto.rawData) : undefined
  switch (proto.dataType) {
    case dataTypes.float:
      return raw
        ? Float32Array.from(each(raw, 4, proto.name), at => raw.readFloatLE(at))
        : new Float32Array(proto.floatData)
    case dataTypes.double:
      return raw
        ? Float32Array.from(each(raw, 8, proto.name), at => raw.readDoubleLE(at))
        : new Float32Array(proto.doubleData)
    case dataTypes.float16:
      if (!raw) return new Float32Array(new Float16Array(Uint16Array.from(proto.int32Data).buffer))
      each(raw, 2, proto.name)
      return toFloat32(raw)
    case dataTypes.int64:
      return raw
        ? each(raw, 8, proto.name).map(at => Number(raw.readBigInt64LE(at)))
        : proto.int64Data.map(toNumber)
    case dataTypes.int32:
      return raw ? each(raw, 4, proto.name).map(at => raw.readInt32LE(at)) : proto.int32Data
    default:
      return undefined
  }
}

/** Returns the places where values of so many bytes begin. */
function each(raw: Buffer, bytes: number, name: string): number[] {
  if (raw.length % bytes !== 0) throw invalid(`The tensor "${name}" ends in the middle of a value.`)
  return Array.from({ length: raw.length / bytes }, (_, i) => i * bytes)
}

/** Replaces the values of a tensor of the file, in its precision. */
export function writeTensor(proto: TensorProto, values: Float32Array): void {
  const tensor = readTensor(proto)
  if (tensor.kind !== 'floats' || tensor.values.length !== values.length)
    throw new RangeError(`${values.length} values do not fit the tensor "${proto.name}"`)
  proto.rawData = toBytes(proto.dataType, values)
  proto.floatData = []
  proto.int32Data = []
  proto.doubleData = []
}

function toBytes(dataType: number, values: Float32Array): Buffer {
  if (dataType === dataTypes.float16) return toFloat16(values)
  const width = dataType === dataTypes.double ? 8 : 4
  const bytes = Buffer.alloc(values.length * width)
  for (const [i, value] of values.entries())
    if (width === 8) bytes.writeDoubleLE(value, i * 8)
    else bytes.writeFloatLE(value, i * 4)
  return bytes
}
