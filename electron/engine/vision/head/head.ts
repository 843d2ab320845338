/** @file The head of a model: the learned projection from features to embeddings. */
import { endianness } from 'node:os'
import { KindredError } from '../../../shared/errors.ts'

/**
 * A head turns features into the embedding that is searched: `normalise((features − mean) · matrix)`. It is the siamese
 * part of the model: the same projection for anchor, positive and negative.
 */
export interface Head {
  readonly inputLength: number
  readonly dimension: number
  /** `inputLength` values and `inputLength × dimension`, row by row; absent: the features themselves, normalised. */
  readonly projection?: { readonly mean: Float32Array; readonly matrix: Float32Array }
}

export const identityHead = (length: number): Head => ({ inputLength: length, dimension: length })

/**
 * Reads a head as it is stored: float32, little-endian, first the mean, then the matrix row by row.
 * @throws KindredError `model-invalid`
 */
export function headFromParameters(parameters: Buffer, inputLength: number): Head {
  const dimension = parameters.length / 4 / inputLength - 1
  if (!Number.isInteger(dimension) || dimension < 1)
    throw new KindredError(
      'model-invalid',
      `A head of ${parameters.length} bytes does not fit ${inputLength} features.`,
    )
  const values = toFloats(parameters)
  if (!values.every(Number.isFinite))
    throw new KindredError('model-invalid', 'A head holds values that are no numbers.')
  return {
    inputLength,
    dimension,
    projection: { mean: values.slice(0, inputLength), matrix: values.slice(inputLength) },
  }
}

const littleEndian = endianness() === 'LE'

function toFloats(bytes: Buffer): Float32Array<ArrayBuffer> {
  // Copied, because a row's bytes may start at an odd place.
  const copy = new Uint8Array(bytes)
  if (!littleEndian) Buffer.from(copy.buffer).swap32()
  return new Float32Array(copy.buffer)
}

/** Returns the parameters that {@link headFromParameters} reads. */
export function headToParameters({ projection }: Head): Buffer {
  if (!projection) throw new RangeError('A head without projection has no parameters.')
  const { mean, matrix } = projection
  const parameters = Buffer.alloc(4 * (mean.length + matrix.length))
  let at = 0
  for (const values of [mean, matrix]) for (const value of values) at = parameters.writeFloatLE(value, at)
  return parameters
}

/**
 * Embeds features.
 * @param features `count × inputLength`
 * @returns `count × dimension`, each row of length 1 (a row without direction stays zero)
 */
export function embed(head: Head, features: Float32Array): Float32Array<ArrayBuffer> {
  const out = projectRows(head, features)
  for (let from = 0; from < out.length; from += head.dimension)
    normalise(out.subarray(from, from + head.dimension))
  return out
}

/** The same before the rows are brought to length 1: the mean of projected rows is the projection of their mean. */
export function projectRows(head: Head, features: Float32Array): Float32Array<ArrayBuffer> {
  const { inputLength, dimension } = head
  const count = features.length / inputLength
  const out = new Float32Array(count * dimension)
  for (let n = 0; n < count; n++) {
    const row = out.subarray(n * dimension, (n + 1) * dimension)
    const from = features.subarray(n * inputLength, (n + 1) * inputLength)
    if (head.projection) project(from, head.projection.mean, head.projection.matrix, row)
    else row.set(from)
  }
  return out
}

/** @param matrix `inputLength × dimension`, row by row */
function project(features: Float32Array, mean: Float32Array, matrix: Float32Array, out: Float32Array): void {
  const dimension = out.length
  const centred = features.map((feature, i) => feature - mean[i]!)
  const inFours = centred.length - (centred.length % 4)
  // Four rows of the matrix at a time: each sum is read and written a quarter as often, which halves the time.
  for (let i = 0; i < inFours; i += 4) {
    const [a, b, c, d] = [centred[i]!, centred[i + 1]!, centred[i + 2]!, centred[i + 3]!]
    let at = i * dimension
    for (let j = 0; j < dimension; j++, at++)
      out[j]! +=
        a * matrix[at]! +
        b * matrix[at + dimension]! +
        c * matrix[at + 2 * dimension]! +
        d * matrix[at + 3 * dimension]!
  }
  for (let i = inFours; i < centred.length; i++)
    for (let j = 0; j < dimension; j++) out[j]! += centred[i]! * matrix[i * dimension + j]!
}

/** Scales the vector to length 1, in place. */
export function normalise(vector: Float32Array): void {
  let sum = 0
  for (const value of vector) sum += value * value
  if (sum === 0) return
  const scale = 1 / Math.sqrt(sum)
  for (let i = 0; i < vector.length; i++) vector[i]! *= scale
}
