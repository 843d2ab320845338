/** Returns a copy in memory of its own, which can be moved to another thread: small buffers share theirs. */
export const memoryOfItsOwn = (bytes: Uint8Array): Buffer<ArrayBuffer> =>
  Buffer.from(new Uint8Array(bytes).buffer)
