import type { InferenceSession, TensorConstructor } from 'onnxruntime-node'
import protobuf from 'protobufjs/minimal.js'
import { embed, normalise, type Head } from './head.ts'
import { toFloat32 } from '../../library/catalog/float16.ts'

/**
 * Embeds stored features by ONNX Runtime's matrix product, some thirty times as fast as JavaScript, so that a whole
 * library can be embedded anew under a new head. Where the runtime does not load, JavaScript does it.
 */
export class Projection {
  #loaded: Promise<Runtime | undefined> | undefined

  /**
   * @param rows float16 features as the catalog stores them
   * @returns `rows.length × dimension`, each row of length 1
   */
  async embedStored(head: Head, rows: readonly Uint8Array[]): Promise<Float32Array<ArrayBuffer>> {
    const { projection, inputLength, dimension } = head
    if (!projection || rows.length === 0) return embed(head, unpack(rows, inputLength))
    // Loaded at its first use: at most starts the index is up to date, and nothing is embedded.
    this.#loaded ??= load().catch(() => undefined)
    const loaded = await this.#loaded
    if (!loaded) return embed(head, unpack(rows, inputLength))
    const { session, Tensor } = loaded
    const { [OUTPUT]: product } = await session.run({
      features: new Tensor('float32', unpack(rows, inputLength), [rows.length, inputLength]),
      mean: new Tensor('float32', projection.mean, [inputLength]),
      matrix: new Tensor('float32', projection.matrix, [inputLength, dimension]),
    })
    const embeddings = new Float32Array(product!.data as Float32Array)
    for (let n = 0; n < rows.length; n++) normalise(embeddings.subarray(n * dimension, (n + 1) * dimension))
    return embeddings
  }
}

interface Runtime {
  readonly session: InferenceSession
  readonly Tensor: TensorConstructor
}

async function load(): Promise<Runtime> {
  const { InferenceSession, Tensor } = await import('onnxruntime-node')
  const options = { executionProviders: ['cpu'], intraOpNumThreads: 1 }
  return { session: await InferenceSession.create(network(), options), Tensor }
}

const OUTPUT = 'embeddings'

function unpack(rows: readonly Uint8Array[], length: number): Float32Array {
  const features = new Float32Array(rows.length * length)
  for (const [n, row] of rows.entries()) features.set(toFloat32(row), n * length)
  return features
}

/** Type of elements in ONNX. */
const FLOAT = 1

/** `(features − mean) · matrix` as an ONNX file: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto */
function network(): Uint8Array {
  const centre = message(m => m.string(1, 'features').string(1, 'mean').string(2, 'centred').string(4, 'Sub'))
  const product = message(m =>
    m.string(1, 'centred').string(1, 'matrix').string(2, OUTPUT).string(4, 'MatMul'),
  )
  const graph = message(m =>
    m
      .message(1, centre)
      .message(1, product)
      .string(2, 'projection')
      .message(11, tensor('features', ['rows', 'length']))
      .message(11, tensor('mean', ['length']))
      .message(11, tensor('matrix', ['length', 'dimension']))
      .message(12, tensor(OUTPUT, ['rows', 'dimension'])),
  )
  const opset = message(m => m.number(2, 13))
  return message(m => m.number(1, 7).message(7, graph).message(8, opset))
}

function tensor(name: string, shape: readonly string[]): Uint8Array {
  const dimensions = message(m =>
    shape.reduce(
      (all, size) =>
        all.message(
          1,
          message(d => d.string(2, size)),
        ),
      m,
    ),
  )
  const typed = message(m => m.number(1, FLOAT).message(2, dimensions))
  return message(m =>
    m.string(1, name).message(
      2,
      message(t => t.message(1, typed)),
    ),
  )
}

/** Writes the fields of one protobuf message. */
class Fields {
  readonly writer = protobuf.Writer.create()

  number(field: number, value: number): this {
    this.writer.uint32(field << 3).int64(value)
    return this
  }

  string(field: number, value: string): this {
    this.writer.uint32((field << 3) | 2).string(value)
    return this
  }

  message(field: number, bytes: Uint8Array): this {
    this.writer.uint32((field << 3) | 2).bytes(bytes)
    return this
  }
}

const message = (write: (fields: Fields) => Fields): Uint8Array => write(new Fields()).writer.finish()
