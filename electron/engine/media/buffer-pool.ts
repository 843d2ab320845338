/** Smallest piece of memory, and how much is kept for later. */
const SMALLEST = 2 ** 18
const KEPT = 64 * 2 ** 20

/**
 * Memory for the bytes of files, used again and again: to be handed fresh megabytes by the system for each photo, and to
 * have them collected, takes longer than hashing them.
 */
export class BufferPool {
  readonly #free: Buffer<ArrayBuffer>[] = []
  #kept = 0

  /** At least this many bytes, with whatever was in them. */
  take(bytes: number): Buffer<ArrayBuffer> {
    const at = this.#free.findIndex(buffer => buffer.length >= bytes)
    if (at < 0) return Buffer.allocUnsafeSlow(Math.max(SMALLEST, 2 ** Math.ceil(Math.log2(bytes))))
    const [buffer] = this.#free.splice(at, 1)
    this.#kept -= buffer!.length
    return buffer!
  }

  /** Not to be used any more by who gives it back. */
  give(buffer: Buffer<ArrayBuffer>): void {
    if (this.#kept + buffer.length > KEPT) return
    this.#kept += buffer.length
    this.#free.push(buffer)
    // The smallest that suffices is found first.
    this.#free.sort((a, b) => a.length - b.length)
  }
}
