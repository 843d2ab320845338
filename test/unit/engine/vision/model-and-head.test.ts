import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  embed,
  headFromParameters,
  identityHead,
  normalise,
} from '../../../../electron/engine/vision/head/head.ts'
import { readModel } from '../../../../electron/engine/vision/network/model-card.ts'
import { registerBundledModel, toVersion } from '../../../../electron/engine/vision/model-versions.ts'
import { toInputTensor } from '../../../../electron/engine/vision/network/preprocess.ts'
import { codeOf, Scratch } from '../scratch.ts'

const scratch = new Scratch()
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const floats = (...values: number[]): Buffer => Buffer.from(Float32Array.from(values).buffer)

const network = Buffer.from('not a network, but nobody looks inside')
/** Two features to three numbers: mean, then the matrix. */
const parameters = floats(1, -1, /* first feature */ 1, 2, 3, /* second */ 0, -1, 4)

interface Parts {
  card?: Record<string, unknown>
  input?: Record<string, unknown>
  files?: Record<string, Buffer | string>
  text?: string
}

/** Writes a small model, with something else in the place of some of it. */
function writeModel({ card = {}, input = {}, files = {}, text }: Parts = {}): string {
  const folder = join(scratch.folder(), 'models')
  const all = { 'net.onnx': network, 'head.f32': parameters, ...files }
  const good = {
    name: 'tiny',
    file: 'net.onnx',
    sha256: sha256(network),
    input: {
      ...{ name: 'in', layout: 'NCHW', type: 'float32', size: 16, range: [0, 1] },
      ...{ mean: [0.5, 0.4, 0.3], std: [0.25, 0.2, 0.1], crop: 'short side to size, bicubic, centre square' },
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

describe('a model', () => {
  it('is read with its head', () => {
    const model = readModel(writeModel())
    expect(model.card).toMatchObject({ name: 'tiny', output: { length: 2 } })
    expect(model.head).toMatchObject({ inputLength: 2, dimension: 3 })
    expect([...model.head.projection!.mean]).toEqual([1, -1])
    expect([...model.head.projection!.matrix]).toEqual([1, 2, 3, 0, -1, 4])
    expect(model.file.endsWith('net.onnx')).toBe(true)
    expect(JSON.parse(model.cardText)).toMatchObject({ name: 'tiny' })
  })

  const outside = { file: '../outside.f32', sha256: sha256(parameters) }
  it.each<[string, Parts]>([
    ['another network', { files: { 'net.onnx': 'another' } }],
    ['another head', { files: { 'head.f32': floats(1, -1, 1, 2, 3, 0, -1, 5) } }],
    [
      'a head of another length',
      {
        files: { 'head.f32': floats(1, 2, 3) },
        card: { head: { file: 'head.f32', sha256: sha256(floats(1, 2, 3)) } },
      },
    ],
    ['a hash in capitals', { card: { sha256: sha256(network).toUpperCase() } }],
    ['a short hash', { card: { sha256: 'abc' } }],
    ['a head outside of its folder', { files: { '../outside.f32': parameters }, card: { head: outside } }],
    ['a file in a folder below', { files: { 'below/net.onnx': network }, card: { file: 'below/net.onnx' } }],
    ['a path of Windows', { card: { file: '..\\net.onnx' } }],
    ['the folder itself', { card: { file: '.' } }],
    ['the folder above', { card: { file: '..' } }],
    ['no file', { card: { file: '' } }],
    ['a file that is not there', { card: { file: 'none.onnx' } }],
    ['no JSON', { text: '{ "name": ' }],
    ['JSON of something else', { text: '[1, 2]' }],
    ['an empty card', { text: '' }],
    ['another layout', { input: { layout: 'NHWC' } }],
    ['another type', { input: { type: 'uint8' } }],
    ['another crop', { input: { crop: 'stretch' } }],
    ['another range', { input: { range: [0, 255] } }],
    ['two channels', { input: { mean: [0, 0] } }],
    ['a size that is no number', { input: { size: '160' } }],
    ['a size beyond measure', { input: { size: 100_000 } }],
  ])('is refused with %s', async (_, parts) => {
    expect(await codeOf(() => readModel(writeModel(parts)))).toBe('model-invalid')
  })

  it('is refused where its card is not there', async () => {
    expect(await codeOf(() => readModel(join(scratch.folder(), 'card.json')))).toBe('model-invalid')
  })

  it('is refused where its card would have pixels divided by zero', async () => {
    expect(await codeOf(() => readModel(writeModel({ input: { std: [0, 1, 1] } })))).toBe('model-invalid')
  })
})

describe('a model in the catalog', () => {
  it('is entered once, with its head and the features as they are, and is searched with', () => {
    const catalog = scratch.catalog()
    const model = readModel(writeModel())
    const version = registerBundledModel(catalog, model, 1)
    expect(version).toMatchObject({ name: 'tiny', head: { dimension: 3 } })
    expect(registerBundledModel(catalog, model, 2)).toEqual(version)
    expect(catalog.models.heads().map(({ name, dimension }) => [name, dimension])).toEqual([
      ['tiny', 3],
      ['tiny-raw', 2],
    ])
    const raw = toVersion(catalog.models.headByName(version.backboneId, 'tiny-raw')!, 2)
    expect(raw.head).toEqual(identityHead(2))
    catalog.models.activate(raw.headId)
    expect(registerBundledModel(catalog, model, 3)).toEqual(raw)
  })

  it('gets a head of its own where another backbone comes under the same name', () => {
    const catalog = scratch.catalog()
    const old = registerBundledModel(catalog, readModel(writeModel()), 1)
    const other = Buffer.from('a better network')
    const model = readModel(writeModel({ files: { 'net.onnx': other }, card: { sha256: sha256(other) } }))
    const fresh = registerBundledModel(catalog, model, 2)
    expect(fresh.backboneId).not.toBe(old.backboneId)
    expect(fresh.headId).not.toBe(old.headId)
  })
})

describe('a head', () => {
  it('projects what is left after the mean', () => {
    const head = headFromParameters(parameters, 2)
    // (3, 1) − (1, −1) = (2, 2): 2·(1, 2, 3) + 2·(0, −1, 4) = (2, 2, 14)
    const expected = [2, 2, 14].map(value => value / Math.hypot(2, 2, 14))
    const [x, y, z] = embed(head, Float32Array.of(3, 1))
    expect([x, y, z]).toEqual(expected.map(value => expect.closeTo(value, 6) as number))
    // The mean itself has no direction.
    expect([...embed(head, Float32Array.of(1, -1))]).toEqual([0, 0, 0])
  })

  it('treats each row by itself, gives length 1, and leaves the features as they were', () => {
    const row = fc.array(fc.float({ min: -100, max: 100, noNaN: true }), { minLength: 2, maxLength: 2 })
    fc.assert(
      fc.property(fc.array(row, { maxLength: 6 }), rows => {
        for (const head of [headFromParameters(parameters, 2), identityHead(2)]) {
          const features = Float32Array.from(rows.flat())
          const together = embed(head, features)
          expect([...features]).toEqual([...Float32Array.from(rows.flat())])
          expect(together).toHaveLength(rows.length * head.dimension)
          for (const [n, one] of rows.entries()) {
            const mine = together.subarray(n * head.dimension, (n + 1) * head.dimension)
            expect([...mine]).toEqual([...embed(head, Float32Array.from(one))])
            const length = Math.hypot(...mine)
            if (Math.hypot(...one) > 1e-3 && length > 0) expect(length).toBeCloseTo(1, 4)
          }
        }
      }),
    )
  })

  it('keeps the direction of features as they are', () => {
    expect([...embed(identityHead(2), Float32Array.of(-3, 4))]).toEqual([
      expect.closeTo(-0.6, 6),
      expect.closeTo(0.8, 6),
    ])
    const zero = new Float32Array(3)
    normalise(zero)
    expect([...zero]).toEqual([0, 0, 0])
  })

  it.each([
    ['no parameters', Buffer.alloc(0)],
    ['only a mean', floats(1, 2)],
    ['part of a row', floats(1, 2, 3, 4, 5)],
    ['part of a number', Buffer.concat([parameters, Buffer.of(0)])],
    ['an infinite number', floats(1, 2, 3, Infinity)],
  ])('is refused with %s', async (_, bytes) => {
    expect(await codeOf(() => headFromParameters(bytes, 2))).toBe('model-invalid')
  })
})

describe('the input of a network', () => {
  it('has each value at its place: image, channel, row, column', () => {
    const { input } = readModel(writeModel({ input: { size: 16 } })).card
    const count = 2
    const rgb = Uint8Array.from({ length: count * 16 * 16 * 3 }, (_, i) => (i * 31) % 256)
    const tensor = toInputTensor(rgb, count, input)
    expect(tensor).toHaveLength(rgb.length)
    for (let n = 0; n < count; n++)
      for (let channel = 0; channel < 3; channel++)
        for (const [y, x] of [
          [0, 0],
          [0, 15],
          [7, 3],
          [15, 15],
        ] as const) {
          const value = rgb[((n * 16 + y) * 16 + x) * 3 + channel]!
          const expected = (value / 255 - input.mean[channel]!) / input.std[channel]!
          expect(tensor[((n * 3 + channel) * 16 + y) * 16 + x]).toBeCloseTo(expected, 5)
        }
  })

  it('is refused where the number of bytes does not fit', () => {
    const { input } = readModel(writeModel()).card
    for (const length of [0, 767, 769, 1536])
      expect(() => toInputTensor(new Uint8Array(length), 1, input)).toThrow(RangeError)
    expect(toInputTensor(new Uint8Array(0), 0, input)).toHaveLength(0)
  })
})
