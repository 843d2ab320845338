import { fill } from '../../runtime/regular-file.ts'

/** Reads bytes at a place in a file; fewer where it ends. */
export type ReadAt = (at: number, length: number) => Buffer<ArrayBuffer>

/** Reads from an open file; blocks the thread. */
export const readAtOf =
  (handle: number, onPart?: () => void): ReadAt =>
  (at, length) =>
    fill(handle, Buffer.allocUnsafeSlow(length), at, onPart)
