/** Reads numbers bit by bit, the lowest bit of each byte first, as JPEG XL stores its headers. */
export class Bits {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /**
   * @param count of bits, at most 30
   * @throws RangeError beyond the end
   */
  next(count: number): number {
    let value = 0
    for (let n = 0; n < count; n++, this.#at++) {
      const byte = this.#bytes[this.#at >> 3]
      if (byte === undefined) throw new RangeError('There are no more bits.')
      value |= ((byte >> (this.#at & 7)) & 1) << n
    }
    return value
  }
}
