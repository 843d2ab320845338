import { createHash } from 'node:crypto'
import { gunzipSync, gzipSync } from 'node:zlib'
import { z } from 'zod'
import { KindredError } from '../../../shared/errors.ts'
import { headFromParameters, headToParameters, type Head } from '../../vision/head/head.ts'
import { toFloat16, toFloat32 } from '../../library/catalog/float16.ts'

/**
 * A head as one small file: magic, length of the header (uint32), header (JSON), and the parameters in half precision,
 * all compressed. Little-endian. It holds no photos and no labels.
 */
const MAGIC = Buffer.from('KINDHEAD')
/** The largest size of an unpacked head: a hostile file must not fill the memory. */
export const LARGEST_HEAD = 64 * 2 ** 20

const headerSchema = z.object({
  format: z.literal(1),
  name: z.string().min(1).max(200),
  /** SHA-256 of the backbone whose features it projects. */
  backbone: z.string().regex(/^[0-9a-f]{64}$/),
  inputLength: z.int().min(1).max(8192),
  dimension: z.int().min(1).max(8192),
  /** Of the parameters as they are in the file. */
  sha256: z.string(),
})

export interface PortableHead {
  readonly name: string
  readonly backbone: string
  readonly head: Head
}

export function packHead({ name, backbone, head }: PortableHead): Buffer {
  const parameters = headToParameters(head)
  const values = Float32Array.from({ length: parameters.length / 4 }, (_, i) => parameters.readFloatLE(i * 4))
  const body = toFloat16(values)
  const { inputLength, dimension } = head
  const header: z.infer<typeof headerSchema> = {
    format: 1,
    name,
    backbone,
    inputLength,
    dimension,
    sha256: createHash('sha256').update(body).digest('hex'),
  }
  const text = Buffer.from(JSON.stringify(header))
  const length = Buffer.alloc(4)
  length.writeUInt32LE(text.length)
  return gzipSync(Buffer.concat([MAGIC, length, text, body]), { level: 9 })
}

/** @throws KindredError `head-invalid` */
export function unpackHead(file: Uint8Array): PortableHead {
  const invalid = (reason: string): KindredError =>
    new KindredError('head-invalid', `This is not a head that Kindred can use: ${reason}.`)
  let bytes: Buffer
  try {
    bytes = gunzipSync(file, { maxOutputLength: LARGEST_HEAD })
  } catch {
    throw invalid('the file is damaged or of another kind')
  }
  if (bytes.length < 12 || !bytes.subarray(0, 8).equals(MAGIC)) throw invalid('it is a file of another kind')
  const end = 12 + bytes.readUInt32LE(8)
  let header
  try {
    header = headerSchema.parse(JSON.parse(bytes.toString('utf8', 12, end)))
  } catch {
    throw invalid('its description cannot be read')
  }
  const body = bytes.subarray(end)
  const { name, backbone, inputLength, dimension, sha256 } = header
  if (createHash('sha256').update(body).digest('hex') !== sha256) throw invalid('the file is damaged')
  if (body.length !== 2 * inputLength * (dimension + 1)) throw invalid('its size is not what it says')
  const values = toFloat32(body)
  const parameters = Buffer.alloc(values.length * 4)
  for (const [i, value] of values.entries()) parameters.writeFloatLE(value, i * 4)
  try {
    return { name, backbone, head: headFromParameters(parameters, inputLength) }
  } catch {
    throw invalid('it holds values that are no numbers')
  }
}
