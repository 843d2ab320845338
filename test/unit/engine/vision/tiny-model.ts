import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
export const floats = (...values: number[]): Buffer => Buffer.from(Float32Array.from(values).buffer)

export const network = Buffer.from('not a network, but reading a model does not run it')
/** A head from two features to three numbers: the mean, then the matrix. */
export const parameters = floats(1, -1, /* first feature */ 1, 2, 3, /* second */ 0, -1, 4)

/** The parts of a model that differ from the good one. */
export interface Parts {
  card?: Record<string, unknown>
  input?: Record<string, unknown>
  files?: Record<string, Buffer | string>
  text?: string
}

/** Writes a small model into a folder, and returns its card. */
export function writeModel(folder: string, { card = {}, input = {}, files = {}, text }: Parts = {}): string {
  const all = { 'net.onnx': network, 'head.f32': parameters, ...files }
  const good = {
    name: 'tiny',
    file: 'net.onnx',
    sha256: sha256(network),
    input: {
      name: 'in',
      layout: 'NCHW',
      type: 'float32',
      size: 16,
      range: [0, 1],
      mean: [0.5, 0.4, 0.3],
      std: [0.25, 0.2, 0.1],
      crop: 'short side to size, bicubic, centre square',
      ...input,
    },
    output: { name: 'out', length: 2 },
    head: { file: 'head.f32', sha256: sha256(parameters) },
    ...card,
  }
  for (const [name, bytes] of Object.entries(all)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), bytes)
  }
  writeFileSync(join(folder, 'card.json'), text ?? JSON.stringify(good))
  return join(folder, 'card.json')
}
