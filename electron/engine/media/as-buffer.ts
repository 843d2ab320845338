/** Returns a Buffer over the same memory: one that has come from a thread is a plain array. */
export const asBuffer = ({ buffer, byteOffset, length }: Uint8Array<ArrayBuffer>): Buffer<ArrayBuffer> =>
  Buffer.from(buffer, byteOffset, length)
