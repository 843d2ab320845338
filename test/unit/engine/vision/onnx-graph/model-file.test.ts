import * as tf from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { GraphExecutor } from '../../../../../electron/engine/vision/onnx-graph/executor.ts'
import { ModelFile } from '../../../../../electron/engine/vision/onnx-graph/model-file.ts'
import { decodeModel } from '../../../../../electron/engine/vision/onnx-graph/schema.ts'
import { dataTypes, type OnnxTensor } from '../../../../../electron/engine/vision/onnx-graph/tensor.ts'
import { chooseBackend } from '../../../../../electron/engine/vision/tensors/backend.ts'
import { KindredError } from '../../../../../electron/shared/errors.ts'
import { Random } from '../../../../../electron/shared/random.ts'
import { file, float, floats, int, integers, ints, node } from './build.ts'
import { drawn, expectClose, expectSame, inKindred, inRuntime } from './runtimes.ts'

const bundled = readFileSync('resources/models/kindred-1.onnx')
const small = file({
  nodes: [
    node('Conv', 'x w b', 'c', { pads: ints(1, 1, 1, 1), group: int(1) }),
    node('HardSigmoid', 'c', 'h', { alpha: float(0.2) }),
    node('GlobalAveragePool', 'h', 'g'),
    node('Reshape', 'g to', 'y'),
  ],
  weights: {
    w: floats([2, 2, 3, 3], drawn([36]).values),
    b: floats([2], [0.5, -0.5]),
    to: integers(0, -1),
  },
})

describe('ONNX file', () => {
  test('is read with its operators and weights', () => {
    const model = new ModelFile(small)
    expect(model.opset).toBe(17)
    expect([model.inputs, model.outputs]).toEqual([['x'], ['y']])
    expect(model.nodes.map(({ operator }) => operator)).toEqual([
      'Conv',
      'HardSigmoid',
      'GlobalAveragePool',
      'Reshape',
    ])
    expect(model.nodes[0]!.attributes.ints('pads')).toEqual([1, 1, 1, 1])
    expect(model.initializers.get('to')).toEqual({ kind: 'integers', shape: [2], values: [0, -1] })
    expect(model.initializers.get('w')).toEqual({
      kind: 'floats',
      shape: [2, 2, 3, 3],
      values: drawn([36]).values,
    })
  })

  test('is the same after writing, unknown parts included', () => {
    for (const bytes of [small, bundled]) {
      const again = new ModelFile(bytes).withWeights(new Map())
      expect(decodeModel(again)).toEqual(decodeModel(bytes))
      expect(new ModelFile(again).withWeights(new Map())).toEqual(again)
    }
    expect(new ModelFile(bundled).withWeights(new Map())).toHaveLength(bundled.length)
    // Version of the format, producer, shapes with names: none of these is read.
    const again = Buffer.from(new ModelFile(bundled).withWeights(new Map()))
    for (const part of ['pytorch', '1.13.0', 'torch_jit', 'batch', 'height'])
      expect(again.includes(part)).toBe(true)
  })

  test('runs in ONNX Runtime after writing with the same output, and with that of other weights', async () => {
    const x = drawn([1, 3, 64, 64])
    const model = new ModelFile(bundled)
    const before = await inRuntime(bundled, x, 'image', 'features')
    expect(await inRuntime(model.withWeights(new Map()), x, 'image', 'features')).toEqual(before)
    const bias = model.initializers.get('turn.bias') as Extract<OnnxTensor, { kind: 'floats' }>
    const other = model.withWeights(new Map([['turn.bias', bias.values.map(value => value + 100)]]))
    const after = await inRuntime(other, x, 'image', 'features')
    for (const [i, value] of after.values.entries()) expect(value - before.values[i]!).toBeCloseTo(100, 3)
  })

  test('is read in whichever way it holds numbers', () => {
    const values = [0.5, -2, 1024, 0]
    const half = Buffer.from(new Float16Array(values).buffer)
    const stored: Record<string, object> = {
      typed: { dataType: dataTypes.float, floatData: values },
      raw: { dataType: dataTypes.float, rawData: Buffer.from(new Float32Array(values).buffer) },
      doubles: { dataType: dataTypes.double, doubleData: values },
      rawDoubles: { dataType: dataTypes.double, rawData: Buffer.from(new Float64Array(values).buffer) },
      halves: {
        dataType: dataTypes.float16,
        int32Data: [...new Uint16Array(new Float16Array(values).buffer)],
      },
      rawHalves: { dataType: dataTypes.float16, rawData: half },
    }
    const dims = { dims: [2, 2] }
    const weights = Object.fromEntries(
      Object.entries(stored).map(([name, parts]) => [name, { ...dims, ...parts }]),
    )
    const model = new ModelFile(file({ nodes: [], weights }))
    for (const name of Object.keys(stored)) {
      const tensor = { kind: 'floats', shape: [2, 2], values: Float32Array.from(values) }
      expect(model.initializers.get(name)).toEqual(tensor)
      const other = Float32Array.of(1, 2, 3, 4)
      const again = new ModelFile(model.withWeights(new Map([[name, other]])))
      expect(again.initializers.get(name)).toEqual({ ...tensor, values: other })
    }
    const whole = new ModelFile(
      file({
        nodes: [],
        weights: {
          raw: {
            dims: [2],
            dataType: dataTypes.int64,
            rawData: Buffer.from(BigInt64Array.of(-1n, 2n ** 40n).buffer),
          },
          short: { dims: [2], dataType: dataTypes.int32, int32Data: [-1, 7] },
          rawShort: { dims: [1], dataType: dataTypes.int32, rawData: Buffer.from(Int32Array.of(-9).buffer) },
          truth: { dims: [1], dataType: 9, rawData: Buffer.of(1) },
        },
      }),
    )
    expect(whole.initializers.get('raw')).toMatchObject({ values: [-1, 2 ** 40] })
    expect(whole.initializers.get('short')).toMatchObject({ values: [-1, 7] })
    expect(whole.initializers.get('rawShort')).toMatchObject({ values: [-9] })
    expect(whole.initializers.get('truth')).toEqual({ kind: 'other' })
  })

  test('runs in half precision as in ONNX Runtime', async () => {
    const half = (dims: readonly number[], seed: number): object => ({
      dims,
      dataType: dataTypes.float16,
      rawData: Buffer.from(new Float16Array(drawn(dims, seed).values).buffer),
    })
    const bytes = file({
      nodes: [
        node('Cast', 'x', 'h', { to: int(dataTypes.float16) }),
        node('Conv', 'h w b', 'c'),
        node('Cast', 'c', 'y', { to: int(dataTypes.float) }),
      ],
      weights: { w: half([4, 3, 3, 3], 1), b: half([4], 2) },
    })
    await expectSame(bytes, drawn([1, 3, 6, 6]), 2e-3)
  })

  test.each<[RegExp, Uint8Array]>([
    [/holds no network/, new Uint8Array(0)],
    [/damaged or no ONNX file/, Buffer.from('not a network at all')],
    [/damaged or no ONNX file/, small.subarray(0, -9)],
    [/version 7 or newer, not 6/, file({ nodes: [], opset: 6 })],
    [/holds 1 values where its shape asks for 2/, file({ nodes: [], weights: { w: floats([2], [1]) } })],
    [/holds 1 values where/, file({ nodes: [], weights: { w: floats([2 ** 30, 2 ** 30], [1]) } })],
    [/impossible shape: -1 × -1/, file({ nodes: [], weights: { w: floats([-1, -1], [1]) } })],
    [
      /in the middle of a value/,
      file({ nodes: [], weights: { w: { ...floats([1], [1]), rawData: Buffer.of(1) } } }),
    ],
    [/lies in another file/, file({ nodes: [], weights: { w: { ...floats([1], [1]), dataLocation: 1 } } })],
    [
      /two tensors of one name/,
      file({ nodes: [], weights: { w: { ...floats([1], [1]), name: 'v' }, v: floats([1], [1]) } }),
    ],
  ])('is refused: %s', (message, bytes) => {
    expect(() => new ModelFile(bytes)).toThrow(KindredError)
    expect(() => new ModelFile(bytes)).toThrow(message)
  })

  test('takes no weights that do not fit', () => {
    const model = new ModelFile(small)
    expect(() => model.withWeights(new Map([['b', new Float32Array(3)]]))).toThrow(RangeError)
    expect(() => model.withWeights(new Map([['to', new Float32Array(2)]]))).toThrow(RangeError)
  })
})

describe('ONNX file: damaged', () => {
  beforeAll(async () => {
    await chooseBackend(['cpu'])
  })

  /** Reads and runs a file. Returns whether it was refused as it should be; anything else is thrown. */
  function survives(bytes: Uint8Array): boolean {
    const before = tf.memory().numTensors
    try {
      const executor = new GraphExecutor(new ModelFile(bytes), 'x', 'y')
      try {
        tf.tidy(() => {
          executor.run(tf.zeros([1, 2, 4, 4]))
        })
      } finally {
        executor.dispose()
      }
      return false
    } catch (error) {
      if (error instanceof KindredError && error.code === 'model-invalid') return true
      throw error
    } finally {
      expect(tf.memory().numTensors).toBe(before)
    }
  }

  test('is refused wherever it is cut off', () => {
    expect(survives(small)).toBe(false)
    // What is cut off at the end only names outputs and versions.
    const refused = Array.from({ length: small.length }, (_, length) => survives(small.subarray(0, length)))
    expect(refused.filter(Boolean).length).toBeGreaterThan(small.length - 10)
  })

  test('fails in no other way, whatever is changed', () => {
    let refused = 0
    for (let seed = 0; seed < 1500; seed++) {
      const random = new Random(seed)
      const bytes = Buffer.from(small)
      for (let changes = random.int(1, 4); changes > 0; changes--) {
        const at = random.int(0, bytes.length - 1)
        bytes[at] = random.chance(0.5) ? random.int(0, 255) : bytes[at]! ^ (1 << random.int(0, 7))
      }
      if (survives(bytes)) refused++
    }
    expect(refused).toBeGreaterThan(300)
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), bytes => survives(bytes)))
  })
})

describe('ONNX file: the bundled network', () => {
  test('returns on every backend what it returns in ONNX Runtime', async () => {
    const x = drawn([2, 3, 160, 160], 'photos')
    const theirs = await inRuntime(bundled, x, 'image', 'features')
    const inputs = { wasm: x, cpu: { shape: [1, 3, 160, 160], values: x.values.subarray(0, 3 * 160 * 160) } }
    for (const [backend, input] of Object.entries(inputs)) {
      const mine = await inKindred(backend as 'wasm', bundled, input, 'image', 'features')
      const same = { shape: mine.shape, values: theirs.values.subarray(0, mine.values.length) }
      expectClose(mine, same, 1e-5)
      const dot = (a: Float32Array, b: Float32Array): number =>
        a.reduce((sum, value, i) => sum + value * b[i]!, 0)
      const cosine =
        dot(mine.values, same.values) /
        Math.sqrt(dot(mine.values, mine.values) * dot(same.values, same.values))
      expect(cosine).toBeGreaterThan(0.999999)
    }
  })

  test('has all of its weights trainable, and returns them as they were', async () => {
    await chooseBackend(['cpu'])
    const model = new ModelFile(bundled)
    const executor = new GraphExecutor(model, 'image', 'features')
    const weights = executor.weights()
    expect([...weights.keys()].sort()).toEqual([...model.initializers.keys()].sort())
    for (const [name, values] of weights) expect(model.initializers.get(name)).toMatchObject({ values })
    executor.dispose()
  })
})

describe('ONNX graph: trainable weights', () => {
  test('are what the operators multiply and add with, not the constants beside them', async () => {
    await chooseBackend(['cpu'])
    const all = ['w', 'b', 'scale', 'shift', 'mean', 'variance', 'factor', 'low', 'gw', 'gb', 'mw', 'mb']
    const shapes: Record<string, number[]> = {
      w: [4, 2, 1, 1],
      factor: [1],
      low: [],
      gw: [5, 4],
      gb: [5],
      mw: [5, 3],
      mb: [3],
    }
    const bytes = file({
      nodes: [
        node('Conv', 'x w b', 'c'),
        node('BatchNormalization', 'c scale shift mean variance', 'n'),
        node('Mul', 'n factor', 'f'),
        node('Clip', 'f low', 'r'),
        node('GlobalAveragePool', 'r', 'p'),
        node('Flatten', 'p', 'v'),
        node('Gemm', 'v gw gb', 'g', { transB: int(1) }),
        node('MatMul', 'g mw', 'm'),
        node('Add', 'm mb', 'y'),
      ],
      weights: Object.fromEntries(
        all.map(name => [name, floats(shapes[name] ?? [4], drawn(shapes[name] ?? [4]).values)]),
      ),
    })
    const executor = new GraphExecutor(new ModelFile(bytes), 'x', 'y')
    expect(executor.parameters.map(({ name }) => name)).toEqual([
      'w',
      'b',
      'scale',
      'shift',
      'gw',
      'gb',
      'mw',
      'mb',
    ])
    executor.dispose()
  })
})
