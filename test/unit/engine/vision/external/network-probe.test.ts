import { readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { checkNetwork, networkSource } from '../../../../../electron/engine/vision/external/network-file.ts'
import {
  describeNetwork,
  probeNetwork,
  type PreprocessingOverrides,
} from '../../../../../electron/engine/vision/external/network-probe.ts'
import { KindredError } from '../../../../../electron/shared/errors.ts'
import { Random } from '../../../../../electron/shared/random.ts'
import { network } from '../../learning/deep/lesson.ts'
import { dataTypes, sizeOf } from '../../../../../electron/engine/vision/onnx-graph/tensor.ts'
import { file, floats, integers, ints, node, type FileParts } from '../onnx-graph/build.ts'
import { Scratch } from '../../scratch.ts'

const scratch = new Scratch()
const bundled = 'resources/models/kindred-1.onnx'

const probe = (bytes: Uint8Array, preprocessing: PreprocessingOverrides = { size: 24 }) => {
  const path = join(scratch.folder(), 'network.onnx')
  writeFileSync(path, bytes)
  return probeNetwork(path, preprocessing)
}
const reason = (bytes: Uint8Array, preprocessing?: PreprocessingOverrides): Promise<string> =>
  probe(bytes, preprocessing).then(
    () => 'was taken',
    (error: unknown) =>
      error instanceof KindredError && error.code === 'network-invalid' ? error.message : String(error),
  )

const random = new Random('probe')
const drawn = (dims: number[]): object =>
  floats(
    dims,
    Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => random.gauss()),
  )
/** A convolution of squares of four by four pixels to eight channels, and nodes after it. */
const squares = (nodes: FileParts['nodes'], parts: Partial<FileParts> = {}): Buffer =>
  file({
    nodes: [node('Conv', 'x w', 'map', { strides: ints(4, 4) }), ...nodes],
    ...parts,
    weights: { w: drawn([8, 3, 4, 4]), ...parts.weights },
  })

/** A tensor in a file beside the process, where a runtime may look for it. */
function inAnotherFile(dims: readonly number[]): object {
  const field = (number: number, content: Buffer): Buffer =>
    Buffer.concat([Buffer.of(number * 8 + 2, content.length), content])
  const entry = (key: string, value: string): Buffer =>
    field(13, Buffer.concat([field(1, Buffer.from(key)), field(2, Buffer.from(value))]))
  const place = [
    entry('location', 'resources/models/kindred-1-head.f32'),
    entry('offset', String(512 * 4)),
    entry('length', String(sizeOf(dims) * 4)),
  ]
  return { dims, dataType: dataTypes.float, dataLocation: 1, $unknowns: place }
}

describe('network probe', () => {
  test('finds the input and output', async () => {
    const { input, output } = await probe(readFileSync(bundled), { size: 192 })
    expect(input).toMatchObject({ name: 'image', size: 192, mean: [0.485, 0.456, 0.406] })
    expect(input.batch).toBeUndefined()
    expect(output).toEqual({ name: 'features', length: 512 })
  })

  test('takes the preprocessing that the user states', async () => {
    const stated = { size: 32, mean: [0.5, 0.5, 0.5], std: [1, 1, 1] } as const
    const { input, output } = await probe(network(), stated)
    expect(input).toMatchObject(stated)
    expect(output).toEqual({ name: 'features', length: 16 })
  })

  test('finds an output that is a map, or a row for each place after one for the whole', async () => {
    const map = await probe(squares([node('Relu', 'map', 'y')]))
    expect(map.output).toEqual({ name: 'y', length: 8, reduce: 'mean over the map' })
    const tokens = await probe(
      squares(
        [node('Reshape', 'map shape', 'rows'), node('Transpose', 'rows', 'y', { perm: ints(0, 2, 1) })],
        { weights: { shape: { dims: [3], dataType: 7, int64Data: [0, 8, -1] } } },
      ),
    )
    expect(tokens.output).toEqual({ name: 'y', length: 8, reduce: 'first token' })
  })

  test('picks the output whose name speaks of an embedding where there are several', async () => {
    const nodes = [
      node('GlobalAveragePool', 'map', 'pool'),
      node('Flatten', 'pool', 'logits'),
      node('Relu', 'logits', 'image_embeds'),
    ]
    const { output } = await probe(squares(nodes, { outputs: ['map', 'logits', 'image_embeds'] }))
    expect(output).toEqual({ name: 'image_embeds', length: 8 })
  })

  test.each<[string, () => Uint8Array, PreprocessingOverrides, RegExp]>([
    ['nothing', () => new Uint8Array(), {}, /cannot be used/],
    ['no ONNX file', () => Buffer.from('{"a": 1}'), {}, /cannot be used/],
    ['half a file', () => readFileSync(bundled).subarray(0, 1_000_000), { size: 192 }, /cannot be used/],
    ['a file of no size', () => readFileSync(bundled), {}, /--size/],
    [
      'several inputs',
      () => squares([node('Add', 'map z', 'y')], { inputs: ['x', 'z'] }),
      { size: 24 },
      /2 inputs/,
    ],
    [
      'the same for any photo',
      () =>
        squares([node('Sub', 'map map', 'zero'), node('Add', 'zero one', 'y')], {
          weights: { one: drawn([1, 8, 1, 1]) },
        }),
      { size: 24 },
      /same for any photo/,
    ],
    [
      'no numbers',
      () =>
        squares([node('Neg', 'map', 'n'), node('Div', 'map zero', 'y')], {
          weights: { zero: floats([1], [0]) },
        }),
      { size: 24 },
      /no numbers/,
    ],
    [
      'weights in another file',
      () => file({ nodes: [node('Conv', 'x w', 'y')], weights: { w: inAnotherFile([8, 3, 4, 4]) } }),
      { size: 24 },
      /lie in another file/,
    ],
    [
      'more memory than there is',
      () =>
        squares([node('GlobalAveragePool', 'map', 'pool'), node('Expand', 'pool sizes', 'y')], {
          weights: { sizes: integers(2, 8, 12_000, 12_000) },
        }),
      { size: 24 },
      /too much memory/,
    ],
    [
      'one number',
      () => squares([node('ReduceMean', 'map', 'y', { axes: ints(1, 2, 3) })]),
      { size: 24 },
      /None of its outputs/,
    ],
  ])('refuses with a reason: %s', { timeout: 120_000 }, async (_, bytes, preprocessing, words) => {
    expect(await reason(bytes(), preprocessing)).toMatch(words)
  })

  test.each<[string, (string | number)[], PreprocessingOverrides, RegExp]>([
    ['grey pictures', ['n', 1, 24, 24], {}, /1 channels/],
    ['colours last', ['n', 24, 24, 3], {}, /NHWC/],
    ['pictures that are not square', ['n', 3, 24, 32], {}, /24 × 32 pixels, not square/],
    ['another size than stated', ['n', 3, 24, 24], { size: 32 }, /24 pixels, not 32/],
    ['pictures beyond measure', ['n', 3, 4096, 4096], {}, /too large/],
    ['pictures too small to see anything', ['n', 3, 8, 8], {}, /too small/],
    ['rows instead of pictures', ['n', 768], {}, /no image/],
    ['a film', ['n', 3, 16, 24, 24], {}, /no image/],
  ])('refuses before running a network that takes %s', async (_, shape, preprocessing, words) => {
    const inputMetadata = [{ name: 'x', isTensor: true, type: 'float32', shape }] as const
    const run = () => expect.fail('it ran')
    await expect(describeNetwork({ inputMetadata }, run, preprocessing)).rejects.toThrow(words)
  })
})

describe('network file', () => {
  test.skipIf(process.platform === 'win32')('refuses what is no file, and a large card', async () => {
    for (const none of ['/dev/zero', tmpdir(), join(scratch.folder(), 'none.onnx')])
      await expect(checkNetwork(none)).rejects.toThrow('cannot be read')
    const card = join(scratch.folder(), 'card.json')
    writeFileSync(card, ' '.repeat(2 ** 20 + 1))
    await expect(networkSource(card, {})).rejects.toThrow('larger than')
  })

  test('is read by its card, which must fit', async () => {
    const source = await networkSource('resources/models/kindred-1.json', {})
    expect(source).toMatchObject({ name: 'kindred-1', preprocessing: { size: 192 } })
    // The card beside it counts, unless something is said.
    expect(await networkSource(bundled, {})).toEqual(source)
    expect(await networkSource(bundled, { size: 224 }, 'large')).toEqual({
      file: bundled,
      name: 'large',
      preprocessing: { size: 224 },
    })
    const folder = scratch.folder()
    const card = readFileSync('resources/models/kindred-1.json', 'utf8')
    writeFileSync(join(folder, 'card.json'), card)
    writeFileSync(join(folder, 'kindred-1.onnx'), 'something else')
    await expect(networkSource(join(folder, 'card.json'), {})).rejects.toThrow('not the one')
  })

  test.each<[string, string, RegExp]>([
    ['no card', '{ "name": "kindred", "version": "1.0.0" }', /^not-a-model .*not the card/],
    ['a list', '[1, 2]', /^not-a-model/],
    ['no JSON', '{', /^not-a-model/],
    ['a card that lacks something', '{ "name": "x", "input": {}, "output": {} }', /^network-invalid .*card/],
  ])('refuses a JSON file that is %s', async (_, text, words) => {
    const path = join(scratch.folder(), 'some.json')
    writeFileSync(path, text)
    const refusal = await networkSource(path, {}).then(
      ({ name }) => name,
      (error: unknown) => {
        if (!(error instanceof KindredError)) throw error
        return `${error.code} ${error.message}`
      },
    )
    expect(refusal).toMatch(words)
    expect(refusal).not.toMatch(/install/i)
  })

  test('ignores a JSON file beside it that is no card', async () => {
    const folder = scratch.folder()
    const path = join(folder, 'some.onnx')
    writeFileSync(join(folder, 'some.json'), '{ "layers": 12 }')
    expect(await networkSource(path, {})).toEqual({ file: path, name: 'some', preprocessing: {} })
  })
})
