import { readFileSync } from 'node:fs'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { afterAll, describe, expect, test } from 'vitest'
import { resourcesDir } from '../../../../../electron/hosts/default-folders.ts'
import { embed, identityHead } from '../../../../../electron/engine/vision/head/head.ts'
import { bundledModelCard, readModel } from '../../../../../electron/engine/vision/network/model-card.ts'
import { ModelFile } from '../../../../../electron/engine/vision/onnx-graph/model-file.ts'
import { lastMapOf } from '../../../../../electron/engine/vision/regions/last-map.ts'
import { RegionNetwork } from '../../../../../electron/engine/vision/regions/region-network.ts'
import { heatOf } from '../../../../../electron/engine/retrieval/matching-regions.ts'
import { OnnxEmbedder } from '../../../../../electron/engine/vision/runtimes/onnx-embedder.ts'
import { Random } from '../../../../../electron/shared/random.ts'

const { card, file, head } = readModel(bundledModelCard(resourcesDir(process.env)))

/** A square with noise in one quarter, and grey elsewhere. */
function square(seed: number) {
  const random = new Random(`square ${seed}`)
  const { size } = card.input
  const rgb = new Uint8Array(size * size * 3).fill(120)
  for (let y = 0; y < size / 2; y++)
    for (let i = 0; i < (size / 2) * 3; i++) rgb[y * size * 3 + i] = random.int(0, 255)
  return { size, rgb }
}

const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, x, i) => sum + x * b[i]!, 0)

describe('the last map of the bundled network', () => {
  const network = new RegionNetwork()
  const embedder = new OnnxEmbedder({ card, file })
  afterAll(() => Promise.all([network.close(), embedder.close()]))

  test('holds features at each place, whose mean is the features of the photo', async () => {
    const photo = square(1)
    const { rows, columns, features } = await network.places({ card, file }, photo)
    expect([rows, columns]).toEqual([6, 6])
    const expected = await embedder.features([photo])
    const { length } = card.output
    for (let i = 0; i < length; i += 37) {
      let mean = 0
      for (let place = 0; place < rows * columns; place++) mean += features[place * length + i]! / 36
      expect(mean).toBeCloseTo(expected[i]!, 3)
    }
  })

  test('gives heat whose mean is the score, most of it where the photos are alike', async () => {
    const [a, b] = [square(1), square(2)]
    const places = await network.places({ card, file }, a)
    const features = await embedder.features([a, b])
    const { length } = card.output
    const [own, other] = [embed(head, features.subarray(0, length)), embed(head, features.subarray(length))]
    const heat = heatOf(head, places, other)
    expect(heat.reduce((sum, x) => sum + x, 0) / heat.length).toBeCloseTo(dot(own, other), 3)
    const withNoise = (_: number, place: number): boolean => place % 6 < 3 && place < 18
    const sum = (values: readonly number[]): number => values.reduce((total, x) => total + x, 0)
    expect(sum(heat.filter(withNoise)) / 9).toBeGreaterThan(sum(heat) / 36)
  })
})

describe('a network whose features are no mean over places', () => {
  const model = new ModelFile(readFileSync(file))

  test('has no last map', () => {
    const output = { name: 'features', length: 512 }
    expect(lastMapOf(model, { output: { ...output, reduce: 'first token' } })).toBeUndefined()
    const bent = model.nodes.map(node =>
      node.operator === 'ReduceMean' ? { ...node, operator: 'ReduceMax' } : node,
    )
    expect(lastMapOf({ nodes: bent, initializers: model.initializers }, { output })).toBeUndefined()
  })

  test('is run as it is with one output more', async () => {
    const map = lastMapOf(model, card)!
    const session = await InferenceSession.create(Buffer.from(model.withOutput(map.name)))
    const { size } = card.input
    const values = new Tensor('float32', new Float32Array(3 * size * size), [1, 3, size, size])
    const results = await session.run({ [card.input.name]: values })
    expect(Object.keys(results).sort()).toEqual([map.name, card.output.name].sort())
    await session.release()
  })
})

test('a head without projection keeps heat that sums up to the score', () => {
  const features = Float32Array.of(1, 0, 0, 1)
  const heat = heatOf(identityHead(2), { rows: 1, columns: 2, features }, Float32Array.of(1, 0))
  expect(heat[0]! / 2 + heat[1]! / 2).toBeCloseTo(Math.SQRT1_2, 6)
})
