import * as tf from '@tensorflow/tfjs-core'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { expect } from 'vitest'
import { GraphExecutor } from '../../../../../electron/engine/vision/onnx-graph/executor.ts'
import { ModelFile } from '../../../../../electron/engine/vision/onnx-graph/model-file.ts'
import { chooseBackend, type Backend } from '../../../../../electron/engine/vision/tensors/backend.ts'
import { Random } from '../../../../../electron/shared/random.ts'

export interface Values {
  readonly shape: readonly number[]
  readonly values: Float32Array
}

export const backends = ['wasm', 'cpu'] as const

export function drawn(shape: readonly number[], seed: number | string = 1): Values {
  const random = new Random(seed)
  const size = shape.reduce((product, length) => product * length, 1)
  return { shape, values: Float32Array.from({ length: size }, () => random.gauss()) }
}

/** Returns what ONNX Runtime returns. */
export async function inRuntime(bytes: Uint8Array, x: Values, input = 'x', output = 'y'): Promise<Values> {
  const session = await InferenceSession.create(bytes, { intraOpNumThreads: 1, logSeverityLevel: 3 })
  const answer = (await session.run({ [input]: new Tensor('float32', x.values, x.shape) }))[output]!
  await session.release()
  return { shape: answer.dims, values: answer.data as Float32Array }
}

/** Returns what Kindred returns, and expects it to leave nothing in memory. */
export async function inKindred(
  backend: Backend,
  bytes: Uint8Array,
  x: Values,
  input = 'x',
  output = 'y',
): Promise<Values> {
  await chooseBackend([backend])
  const before = tf.memory().numTensors
  const executor = new GraphExecutor(new ModelFile(bytes), input, output)
  const answer = tf.tidy(() => executor.run(tf.tensor(x.values, [...x.shape])))
  const values = { shape: answer.shape, values: answer.dataSync<'float32'>() }
  answer.dispose()
  executor.dispose()
  expect(tf.memory().numTensors).toBe(before)
  return values
}

export function expectClose(mine: Values, theirs: Values, tolerance = 1e-5): void {
  expect(mine.shape).toEqual(theirs.shape)
  const size = Math.max(1, ...theirs.values.map(Math.abs))
  for (const [i, value] of theirs.values.entries())
    if (!(Math.abs(mine.values[i]! - value) <= tolerance * size))
      expect.fail(`value ${i} is ${mine.values[i]} instead of ${value}`)
}

/** The same bytes answer the same on every backend of Kindred as in ONNX Runtime. */
export async function expectSame(bytes: Uint8Array, x: Values, tolerance?: number): Promise<void> {
  const theirs = await inRuntime(bytes, x)
  for (const backend of backends) expectClose(await inKindred(backend, bytes, x), theirs, tolerance)
}
