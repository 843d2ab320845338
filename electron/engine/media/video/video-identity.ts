import { createHash } from 'node:crypto'
import type { ReadAt } from './read-at.ts'

/** Bytes of each part that is read. */
const PART = 2 ** 20
/** Parts at equal distances, the first at the start, the last at the end. */
const PARTS = 8

/**
 * Returns the identity of a video, 32 bytes: SHA-256 of its size and of eight parts of a megabyte, or of all of a small
 * one. Reading gigabytes of each video would take longer than all photos of a library.
 */
export function videoIdentity(read: ReadAt, size: number): Buffer {
  const hash = createHash('sha256').update(`video of ${size} bytes\n`)
  const whole = size <= PARTS * PART
  const step = whole ? PART : (size - PART) / (PARTS - 1)
  const parts = whole ? Math.ceil(size / PART) : PARTS
  for (let n = 0; n < parts; n++) hash.update(read(Math.floor(n * step), PART))
  return hash.digest()
}
