import * as tf from '@tensorflow/tfjs-core'
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readModel } from '../../electron/engine/vision/network/model-card.ts'
import { toInputTensor } from '../../electron/engine/vision/network/preprocess.ts'
import { decodeForNetwork } from '../../electron/engine/media/decode.ts'
import { GraphExecutor } from '../../electron/engine/vision/onnx-graph/executor.ts'
import { ModelFile } from '../../electron/engine/vision/onnx-graph/model-file.ts'
import { drawSample, sampleKinds } from '../../samples/samples.ts'
import { chooseBackend } from '../../electron/engine/vision/tensors/backend.ts'
import { repository } from '../support/cli.ts'

/** The bundled network gives the same features for the same photos in every runtime. */
const PHOTOS = 64
const BATCH = 4
const CLOSEST = 0.9999
/** Without a graphics card WebGPU runs on SwiftShader, which takes seconds a photo: only a few unless told otherwise. */
const SWIFTSHADER = '/usr/lib/chromium/vk_swiftshader_icd.json'
const ON_WEBGPU = process.env.KINDRED_FULL === '1' ? PHOTOS : BATCH
const PATIENCE = 3_600_000

const model = readModel(join(repository, 'resources/models/kindred-1.json'))
const { input, output } = model.card
const perPhoto = 3 * input.size ** 2

let photos: Float32Array
let onTheProcessor: Float32Array

beforeAll(async () => {
  const rgb = new Uint8Array(PHOTOS * perPhoto)
  for (let n = 0; n < PHOTOS; n++) {
    const kind = sampleKinds[n % sampleKinds.length]!
    const { data } = await drawSample({ kind, seed: `parity ${n}`, longEdge: 320 })
    rgb.set((await decodeForNetwork(data, input.size)).rgb, n * perPhoto)
  }
  photos = toInputTensor(rgb, PHOTOS, input)
  onTheProcessor = await inBatches(await inOnnxRuntime('cpu'))
})

type Run = (values: Float32Array, dims: number[]) => Promise<Float32Array>

async function inOnnxRuntime(provider: 'cpu' | 'webgpu'): Promise<Run> {
  const session = await InferenceSession.create(model.file, { executionProviders: [provider] })
  return async (values, dims) => {
    const answer = await session.run({ [input.name]: new Tensor('float32', values, dims) })
    return answer[output.name]!.data as Float32Array
  }
}

async function inBatches(run: Run, count = PHOTOS): Promise<Float32Array> {
  const features = new Float32Array(count * output.length)
  for (let at = 0; at < count; at += BATCH) {
    const some = photos.slice(at * perPhoto, (at + BATCH) * perPhoto)
    features.set(await run(some, [BATCH, 3, input.size, input.size]), at * output.length)
  }
  return features
}

const row = (features: Float32Array, n: number): Float32Array =>
  features.subarray(n * output.length, (n + 1) * output.length)

function cosine(a: Float32Array, b: Float32Array): number {
  const product = (x: Float32Array, y: Float32Array): number => x.reduce((sum, v, i) => sum + v * y[i]!, 0)
  return product(a, b) / Math.sqrt(product(a, a) * product(b, b))
}

function expectTheSame(features: Float32Array, count = PHOTOS): void {
  expect(features).toHaveLength(count * output.length)
  const likeness = Array.from({ length: count }, (_, n) => cosine(row(features, n), row(onTheProcessor, n)))
  expect(Math.min(...likeness)).toBeGreaterThan(CLOSEST)
}

describe(`parity of runtimes: ${model.card.name}, ${PHOTOS} photos`, () => {
  test('gives different photos different features', () => {
    for (let n = 1; n < PHOTOS; n++)
      expect(cosine(row(onTheProcessor, n - 1), row(onTheProcessor, n))).toBeLessThan(0.99)
  })

  test('gives the same features in ONNX Runtime on WebGPU', { timeout: PATIENCE }, async ctx => {
    // Read at the first request for an adapter; a machine with a graphics card sets it beforehand.
    if (existsSync(SWIFTSHADER)) process.env.VK_ICD_FILENAMES ??= SWIFTSHADER
    const run = await inOnnxRuntime('webgpu').catch((error: unknown) => {
      if (/adapter/i.test(String(error))) return undefined
      throw error
    })
    if (!run) return ctx.skip('there is no WebGPU adapter (SwiftShader needs libvulkan1)')
    expectTheSame(await inBatches(run, ON_WEBGPU), ON_WEBGPU)
  })

  test('gives the same features in TensorFlow.js', async () => {
    await chooseBackend(['wasm'])
    const executor = new GraphExecutor(new ModelFile(readFileSync(model.file)), input.name, output.name)
    const features = await inBatches(async (values, dims) => {
      const answer = tf.tidy(() => executor.run(tf.tensor(values, dims)))
      const data = await answer.data<'float32'>()
      answer.dispose()
      return data
    })
    executor.dispose()
    expectTheSame(features)
  })

  describe('in PyTorch', () => {
    const folder = mkdtempSync(join(tmpdir(), 'kindred-parity-'))
    afterAll(() => rmSync(folder, { recursive: true }))
    const python = ['python3', '/usr/bin/python3'].find(
      command => spawnSync(command, ['-c', 'import torch, onnx']).status === 0,
    )

    test('gives the same features', { timeout: PATIENCE }, ctx => {
      if (python === undefined) return ctx.skip('no python3 here has torch and onnx')
      const [pictures, features] = [join(folder, 'pictures.f32'), join(folder, 'features.f32')]
      writeFileSync(pictures, photos)
      const script = join(repository, 'training/features.py')
      execFileSync(python, [script, model.file, pictures, String(input.size), features])
      expectTheSame(new Float32Array(new Uint8Array(readFileSync(features)).buffer))
    })
  })
})
