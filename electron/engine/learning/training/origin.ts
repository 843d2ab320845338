import { createHash } from 'node:crypto'
import { KindredError } from '../../../shared/errors.ts'

const DIGEST_BYTES = 32

/**
 * Returns the digest that identifies a training (SHA-256): all that its course depends on. Only a training of the same
 * origin goes on from a checkpoint: with other labels, folds or features, its weights would be in other coordinates, and
 * photos that are held out now may have shaped them.
 * @param parts bytes, texts, and values that JSON can hold, Maps and Sets included
 */
export function originOf(...parts: readonly unknown[]): Buffer {
  const hash = createHash('sha256')
  for (const part of parts) {
    const bytes = ArrayBuffer.isView(part)
      ? Buffer.from(part.buffer, part.byteOffset, part.byteLength)
      : Buffer.from(typeof part === 'string' ? part : JSON.stringify(part, asJson))
    hash.update(`${bytes.length}/`).update(bytes)
  }
  return hash.digest()
}

/** Maps and sets in the order in which they were filled; the same labels fill them alike. */
const asJson = (_: string, value: unknown): unknown =>
  value instanceof Map || value instanceof Set ? [...value] : value

/** Returns the state with its origin before it, in a buffer of its own. */
export function sealed(origin: Uint8Array, state: Uint8Array): Uint8Array<ArrayBuffer> {
  const checkpoint = new Uint8Array(DIGEST_BYTES + state.length)
  checkpoint.set(origin)
  checkpoint.set(state, DIGEST_BYTES)
  return checkpoint
}

/**
 * Returns the state of a checkpoint.
 * @throws KindredError `model-invalid` where it is of another training
 */
export function unsealed(origin: Buffer, checkpoint: Uint8Array): Uint8Array {
  if (!origin.equals(checkpoint.subarray(0, DIGEST_BYTES)))
    throw new KindredError('model-invalid', 'The checkpoint is of another training.')
  return checkpoint.subarray(DIGEST_BYTES)
}
