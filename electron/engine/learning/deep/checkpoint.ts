import { invalid } from '../../vision/onnx-graph/invalid.ts'
import { floatsToBytes } from './floats.ts'

/** The state of a training between two steps. */
export interface Progress {
  readonly stepsDone: number
  /** Of the variables and the optimizer, in the order in which the trainer lists them. */
  readonly values: readonly Float32Array[]
}

const MAGIC = 'KDT1'
const HASH_BYTES = 32
const HEADER_BYTES = MAGIC.length + HASH_BYTES + 4

/** Returns magic, origin (training/origin.ts), steps, and all values: little-endian, float32. */
export function writeCheckpoint(origin: Buffer, { stepsDone, values }: Progress): Buffer {
  const steps = Buffer.alloc(4)
  steps.writeUInt32LE(stepsDone)
  return Buffer.concat([Buffer.from(MAGIC), origin, steps, ...values.map(floatsToBytes)])
}

/**
 * @param sizes of the values, in their order
 * @throws KindredError `model-invalid` where it is of another training, or damaged
 */
export function readCheckpoint(checkpoint: Uint8Array, origin: Buffer, sizes: readonly number[]): Progress {
  const bytes = Buffer.from(checkpoint)
  if (bytes.toString('latin1', 0, MAGIC.length) !== MAGIC)
    throw invalid('This is no checkpoint of a training.')
  if (!bytes.subarray(MAGIC.length, HEADER_BYTES - 4).equals(origin))
    throw invalid('This checkpoint is of another training.')
  if (bytes.length !== HEADER_BYTES + 4 * sizes.reduce((sum, size) => sum + size, 0))
    throw invalid('This checkpoint is damaged.')
  let at = HEADER_BYTES
  const values = sizes.map(size => {
    const start = at
    at += size * 4
    return Float32Array.from({ length: size }, (_, i) => bytes.readFloatLE(start + i * 4))
  })
  return { stepsDone: bytes.readUInt32LE(HEADER_BYTES - 4), values }
}
