/**
 * A stand-in for the native part of @tensorflow/tfjs-node-gpu (`tfjs_binding.node`), which is a download and wants CUDA. The
 * package's own JavaScript runs on top of it as it is. It knows one operation, the sum of two tensors of one shape.
 */
export const TF_FLOAT = 1
export const TF_INT32 = 3
export const TF_ATTR_TYPE = 5

interface Handle {
  readonly id: number
  readonly shape: readonly number[]
  readonly dtype: number
}

interface Attribute {
  readonly name: string
  readonly type: number
  readonly value: unknown
}

const values = new Map<number, Float32Array>()
let next = 0

/** Every operation that was asked for, with its attributes. */
export const executed: { readonly name: string; readonly attributes: readonly Attribute[] }[] = []

export const isUsingGpuDevice = (): boolean => true

export function createTensor(_: readonly number[], dtype: number, data: Float32Array): number {
  if (dtype !== TF_FLOAT) throw new Error(`Of type ${dtype}, not of floats.`)
  values.set(++next, Float32Array.from(data))
  return next
}

export const deleteTensor = (id: number): boolean => values.delete(id)

export const tensorDataSync = (id: number): Float32Array => values.get(id)!

export function executeOp(
  name: string,
  attributes: readonly Attribute[],
  inputs: readonly number[],
): Handle[] {
  executed.push({ name, attributes })
  if (name !== 'Add') throw new Error(`It does not know ${name}.`)
  const [a, b] = inputs.map(id => values.get(id)!)
  const sum = a!.map((value, i) => value + b![i]!)
  const shape = [sum.length]
  return [{ id: createTensor(shape, TF_FLOAT, sum), shape, dtype: TF_FLOAT }]
}
