/** Conversion for stored features: half precision, relative error at most 2⁻¹¹, little-endian on every machine. */

const littleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1

export function toFloat16(values: Float32Array): Buffer {
  const half = new Float16Array(values)
  const bytes = Buffer.from(half.buffer)
  return littleEndian ? bytes : bytes.swap16()
}

export function toFloat32(bytes: Uint8Array): Float32Array<ArrayBuffer> {
  // Copied, because a row's bytes may start at an odd address, where a Float16Array cannot.
  const copy = Buffer.from(bytes)
  if (!littleEndian) copy.swap16()
  return new Float32Array(new Float16Array(copy.buffer.slice(copy.byteOffset, copy.byteOffset + copy.length)))
}
