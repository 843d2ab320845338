/** Bytes of the smallest buffer, and of all free buffers that are kept. */
const SMALLEST = 2 ** 18
const KEPT = 64 * 2 ** 20

/**
 * Buffers for the bytes of files, used again and again: allocating and collecting fresh megabytes for each photo takes
 * longer than hashing them.
 */
export class BufferPool {
  readonly #free: Buffer<ArrayBuffer>[] = []
  #kept = 0

  /** Returns a buffer of at least so many bytes, not cleared. */
  take(bytes: number): Buffer<ArrayBuffer> {
    const at = this.#free.findIndex(buffer => buffer.length >= bytes)
    if (at < 0) return Buffer.allocUnsafeSlow(Math.max(SMALLEST, 2 ** Math.ceil(Math.log2(bytes))))
    const [buffer] = this.#free.splice(at, 1)
    this.#kept -= buffer!.length
    return buffer!
  }

  /** Takes a buffer back; the caller must not use it any more. */
  give(buffer: Buffer<ArrayBuffer>): void {
    if (this.#kept + buffer.length > KEPT) return
    this.#kept += buffer.length
    this.#free.push(buffer)
    // So that the smallest that suffices is found first.
    this.#free.sort((a, b) => a.length - b.length)
  }
}
