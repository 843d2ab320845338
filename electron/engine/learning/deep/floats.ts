/** Returns the values as float32, little-endian. */
export function floatsToBytes(values: Float32Array): Buffer {
  const bytes = Buffer.alloc(values.length * 4)
  for (const [i, value] of values.entries()) bytes.writeFloatLE(value, i * 4)
  return bytes
}
