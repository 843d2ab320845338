import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { embed, headFromParameters, identityHead } from '../../../../electron/engine/vision/head/head.ts'
import { readModel, type ModelCard } from '../../../../electron/engine/vision/network/model-card.ts'
import { OnnxEmbedder } from '../../../../electron/engine/vision/runtimes/onnx-embedder.ts'
import { toInputTensor } from '../../../../electron/engine/vision/network/preprocess.ts'
import { toFloat16, toFloat32 } from '../../../../electron/engine/library/catalog/float16.ts'
import { KindredError } from '../../../../electron/shared/errors.ts'
import { Random } from '../../../../electron/shared/random.ts'

const models = fileURLToPath(new URL('../../../../resources/models', import.meta.url))
const bundled = readModel(join(models, 'kindred-1.json'))

describe('preprocessing', () => {
  const input = { ...bundled.card.input, size: 2 } as ModelCard['input']

  it('gives the golden values, channel after channel', () => {
    const rgb = Uint8Array.of(0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 128, 255)
    const tensor = toInputTensor(rgb, 1, input)
    const golden = [
      [-2.1179, 2.2489, 2.2489, -2.1179],
      [-2.0357, 2.4286, -2.0357, 0.2052],
      [-1.8044, 2.64, -1.8044, 2.64],
    ].flat()
    expect(tensor).toHaveLength(12)
    for (const [i, value] of golden.entries()) expect(tensor[i]).toBeCloseTo(value, 3)
  })

  it('keeps the images of a batch apart, and refuses what does not fit', () => {
    const one = Uint8Array.from({ length: 12 }, (_, i) => i * 20)
    const two = Uint8Array.from({ length: 12 }, (_, i) => 255 - i * 9)
    const batch = toInputTensor(Uint8Array.of(...one, ...two), 2, input)
    expect(batch.subarray(0, 12)).toEqual(toInputTensor(one, 1, input))
    expect(batch.subarray(12)).toEqual(toInputTensor(two, 1, input))
    expect(() => toInputTensor(one, 2, input)).toThrow(RangeError)
  })
})

describe('a head', () => {
  it('centres, projects and scales to length 1', () => {
    const parameters = Buffer.from(Float32Array.of(1, 2, /* matrix */ 3, 0, 0, 4).buffer)
    const head = headFromParameters(parameters, 2)
    expect(head.dimension).toBe(2)
    const [x, y] = embed(head, Float32Array.of(2, 3))
    expect([x, y]).toEqual([expect.closeTo(0.6), expect.closeTo(0.8)])
  })

  it('is the product of the centred features and the matrix, whatever their lengths', () => {
    const lengths = fc.record({
      input: fc.integer({ min: 1, max: 21 }),
      dimension: fc.integer({ min: 1, max: 9 }),
    })
    const property = fc.property(lengths, fc.integer(), ({ input, dimension }, seed) => {
      const random = new Random(seed)
      const some = (count: number) => Float32Array.from({ length: count }, () => random.gauss())
      const [features, mean, matrix] = [some(input), some(input), some(input * dimension)]
      const head = headFromParameters(Buffer.from(Float32Array.of(...mean, ...matrix).buffer), input)
      const sums = Array.from({ length: dimension }, (_, j) =>
        features.reduce((sum, x, i) => sum + (x - mean[i]!) * matrix[i * dimension + j]!, 0),
      )
      const length = Math.hypot(...sums)
      // What all but cancels out is lost in single precision.
      fc.pre(length > 0.05)
      const embedding = embed(head, features)
      for (const [j, sum] of sums.entries()) expect(embedding[j]).toBeCloseTo(sum / length, 4)
    })
    fc.assert(property)
  })

  it('leaves a vector without direction at zero', () => {
    expect([...embed(identityHead(2), Float32Array.of(0, 0, 3, 4))]).toEqual([
      0,
      0,
      expect.closeTo(0.6),
      expect.closeTo(0.8),
    ])
  })

  it('refuses parameters of a wrong length or without numbers', () => {
    expect(() => headFromParameters(Buffer.alloc(20), 2)).toThrow(KindredError)
    expect(() => headFromParameters(Buffer.from(Float32Array.of(NaN, 0, 1, 1, 1, 1).buffer), 2)).toThrow(
      KindredError,
    )
  })
})

describe('features in half precision', () => {
  it('keep every value within a two-thousandth, at any place in memory', () => {
    const values = Float32Array.from({ length: 577 }, (_, i) => Math.sin(i) * 2 ** ((i % 20) - 12))
    const stored = toFloat16(values)
    const shifted = Buffer.concat([Buffer.from('x'), stored]).subarray(1)
    for (const read of [toFloat32(stored), toFloat32(shifted)])
      for (const [i, value] of values.entries())
        expect(Math.abs(read[i]! - value)).toBeLessThanOrEqual(Math.abs(value) / 2048 + 6e-8)
  })
})

describe('a model card', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kindred-model-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  function reject(change: (card: Record<string, unknown>) => void, spoil?: string): string {
    for (const name of ['kindred-1.onnx', 'kindred-1-head.f32'])
      cpSync(join(models, name), join(folder, name))
    const card = JSON.parse(readFileSync(join(models, 'kindred-1.json'), 'utf8')) as Record<string, unknown>
    change(card)
    writeFileSync(join(folder, 'card.json'), JSON.stringify(card))
    if (spoil) writeFileSync(join(folder, spoil), 'not what it was')
    try {
      readModel(join(folder, 'card.json'))
      return 'accepted'
    } catch (error) {
      return error instanceof KindredError ? error.code : String(error)
    }
  }

  it('is accepted as it is', () => expect(reject(() => undefined)).toBe('accepted'))
  it.each<[string, (card: Record<string, unknown>) => void]>([
    ['another hash', card => (card.sha256 = '0'.repeat(64))],
    ['a path that leads out', card => (card.file = '../kindred-1.onnx')],
    ['an absolute path', card => (card.file = '/etc/passwd')],
    ['no input', card => delete card.input],
    ['another length of features', card => (card.output = { name: 'features', length: 500 })],
  ])('is refused with %s', (_, change) => expect(reject(change)).toBe('model-invalid'))
  it('is refused when a file is not the one it speaks of', () => {
    expect(reject(() => undefined, 'kindred-1.onnx')).toBe('model-invalid')
    expect(reject(() => undefined, 'kindred-1-head.f32')).toBe('model-invalid')
  })
})

describe('the network', () => {
  it('answers the same for a photo, alone or in a batch, and says when a batch is wrong', async () => {
    const embedder = new OnnxEmbedder(bundled)
    const size = embedder.inputSize
    const length = embedder.featureLength
    const photo = (seed: number) => ({
      size,
      rgb: Uint8Array.from({ length: size * size * 3 }, (_, i) => (i * seed) % 256),
    })
    const together = await embedder.features([photo(3), photo(7)])
    const alone = await embedder.features([photo(7)])
    expect(together).toHaveLength(2 * length)
    for (const [i, value] of alone.entries()) expect(together[length + i]).toBeCloseTo(value, 4)
    await embedder.close()
  })
})
