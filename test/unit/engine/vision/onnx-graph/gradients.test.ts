import * as tf from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { GraphExecutor } from '../../../../../electron/engine/vision/onnx-graph/executor.ts'
import { ModelFile } from '../../../../../electron/engine/vision/onnx-graph/model-file.ts'
import { chooseBackend, type Backend } from '../../../../../electron/engine/vision/tensors/backend.ts'
import { file, float, floats, int, integers, ints, node, text, type NodeParts } from './build.ts'
import { backends, drawn, expectClose, type Values } from './runtimes.ts'

const weights = (shape: readonly number[], seed = 2): object => floats(shape, drawn(shape, seed).values)

/** A sum over the output of a network, each value with a weight of its own. */
function lossOf(executor: GraphExecutor, x: Values): tf.Scalar {
  return tf.tidy(() => {
    const answer = executor.run(tf.tensor(x.values, [...x.shape]))
    return tf.sum(tf.mul(answer, tf.tensor(drawn(answer.shape, 'loss').values, answer.shape)))
  })
}

/** Slopes of everything that is learned, by name. */
async function slopes(backend: Backend, bytes: Uint8Array, x: Values): Promise<Map<string, Values>> {
  await chooseBackend([backend])
  const before = tf.memory().numTensors
  const executor = new GraphExecutor(new ModelFile(bytes), 'x', 'y')
  const { value, grads } = tf.variableGrads(
    () => lossOf(executor, x),
    executor.parameters.map(({ variable }) => variable),
  )
  const found = new Map(
    executor.parameters.map(({ name, variable }) => {
      const slope = grads[variable.name]!
      return [name, { shape: slope.shape, values: slope.dataSync<'float32'>() }]
    }),
  )
  tf.dispose([value, grads])
  executor.dispose()
  expect(tf.memory().numTensors).toBe(before)
  return found
}

/** What changes when each weight is moved a little: the slopes without any calculus. */
async function measuredSlopes(bytes: Uint8Array, x: Values): Promise<Map<string, Values>> {
  const step = 1e-3
  await chooseBackend(['cpu'])
  const executor = new GraphExecutor(new ModelFile(bytes), 'x', 'y')
  const measured = new Map(
    executor.parameters.map(({ name, variable }) => {
      const values = variable.dataSync<'float32'>()
      const at = (i: number, value: number): number => {
        const moved = values.with(i, value)
        tf.tidy(() => variable.assign(tf.tensor(moved, variable.shape)))
        return tf.tidy(() => lossOf(executor, x).dataSync()[0]!)
      }
      const slope = values.map((value, i) => (at(i, value + step) - at(i, value - step)) / (2 * step))
      tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)))
      return [name, { shape: variable.shape, values: slope }]
    }),
  )
  executor.dispose()
  return measured
}

describe('ONNX graph: gradients', () => {
  const first = node('Conv', 'x w b', 'c')
  const common = { w: weights([3, 2, 2, 2]), b: weights([3], 9) }
  const images = drawn([2, 2, 6, 5])
  const flat = node('Flatten', 'c', 'f')
  const cases: [string, readonly NodeParts[], Record<string, object>?][] = [
    ['Conv', [node('Conv', 'x w b', 'y', { pads: ints(0, 1, 2, 0), strides: ints(2, 1) })]],
    ['Conv with gaps', [node('Conv', 'x w b', 'y', { dilations: ints(2, 3), strides: ints(2, 1) })]],
    ['Conv of groups', [first, node('Conv', 'c v', 'y', { group: int(3) })], { v: weights([6, 1, 2, 2]) }],
    [
      'Conv of wide groups',
      [node('Concat', 'x x', 'd', { axis: int(1) }), node('Conv', 'd w b', 'y', { group: int(2) })],
      { w: weights([4, 2, 2, 2]), b: weights([4]) },
    ],
    ['Relu', [first, node('Relu', 'c', 'y')]],
    ['Sigmoid', [first, node('Sigmoid', 'c', 'y')]],
    ['HardSwish', [first, node('HardSwish', 'c', 'y')]],
    ['HardSigmoid', [first, node('HardSigmoid', 'c', 'y', { alpha: float(0.4) })]],
    ['Clip', [first, node('Clip', 'c low high', 'y')], { low: floats([], [0]), high: floats([], [1.5]) }],
    [
      'Add and Sub',
      [first, node('Add', 'c b3', 'd'), node('Sub', 'c d', 'e'), node('Mul', 'e c', 'y')],
      { b3: weights([3, 1, 1]) },
    ],
    ['Mul of two layouts', [first, node('GlobalAveragePool', 'c', 'g'), node('Mul', 'c g', 'y')]],
    ['Div', [first, node('Sigmoid', 'c', 's'), node('Div', 'c s', 'y')]],
    [
      'BatchNormalization',
      [first, node('BatchNormalization', 'c s o m v', 'y')],
      { s: weights([3], 4), o: weights([3], 5), m: weights([3], 6), v: floats([3], [1, 2, 0.5]) },
    ],
    [
      'MaxPool',
      [
        first,
        node('MaxPool', 'c', 'y', { kernel_shape: ints(3, 2), strides: ints(2, 1), pads: ints(1, 1, 1, 0) }),
      ],
    ],
    [
      'AveragePool',
      [
        first,
        node('AveragePool', 'c', 'y', {
          kernel_shape: ints(3, 3),
          strides: ints(2, 2),
          auto_pad: text('SAME_UPPER'),
        }),
      ],
    ],
    ['ReduceMean', [first, node('ReduceMean', 'c', 'y', { axes: ints(2, 3), keepdims: int(0) })]],
    ['Softmax', [first, node('Softmax', 'c', 'y', { axis: int(1) })]],
    [
      'Gemm',
      [first, flat, node('Gemm', 'f k a', 'y', { transB: int(1), alpha: float(0.5) })],
      { k: weights([2, 60]), a: weights([2]) },
    ],
    [
      'MatMul with its bias',
      [first, node('MatMul', 'c k', 'd'), node('Add', 'a d', 'y')],
      { k: weights([4, 2]), a: weights([2]) },
    ],
    [
      'Concat and shapes',
      [
        first,
        node('Transpose', 'c', 't', { perm: ints(0, 2, 3, 1) }),
        node('Reshape', 't to', 'r'),
        node('Squeeze', 'r a', 's'),
        node('Concat', 's s', 'y', { axis: int(-1) }),
      ],
      { to: integers(2, 1, -1), a: integers(1) },
    ],
  ]

  test.each(cases)('match finite differences on every backend: %s', async (_, nodes, extra = {}) => {
    const bytes = file({ nodes, weights: { ...common, ...extra } })
    const measured = await measuredSlopes(bytes, images)
    for (const backend of backends)
      for (const [name, slope] of await slopes(backend, bytes, images))
        expectClose(slope, measured.get(name)!, 5e-3)
  })

  test('are the same for convolutions of any geometry on every backend', async () => {
    const side = fc.integer({ min: 1, max: 4 })
    const geometry = fc.record({
      kernel: fc.tuple(side, side),
      strides: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
      pads: fc.tuple(fc.nat(5), fc.nat(5), fc.nat(5), fc.nat(5)),
      groups: fc.integer({ min: 1, max: 3 }),
      perGroup: fc.integer({ min: 1, max: 2 }),
      multiple: fc.integer({ min: 1, max: 3 }),
      extra: fc.tuple(fc.nat(6), fc.nat(6)),
    })
    await fc.assert(
      fc.asyncProperty(geometry, async ({ kernel, strides, pads, groups, perGroup, multiple, extra }) => {
        const conv = node('Conv', 'a w b', 'y', {
          strides: ints(...strides),
          pads: ints(...pads),
          group: int(groups),
        })
        const channels = groups * perGroup
        // The one in front learns through the slopes of the input.
        const bytes = file({
          nodes: [node('Conv', 'x v', 'a'), conv],
          weights: {
            v: weights([channels, 1, 1, 1]),
            w: weights([groups * multiple, perGroup, ...kernel]),
            b: weights([groups * multiple]),
          },
        })
        const x = drawn([2, 1, kernel[0] + extra[0], kernel[1] + extra[1]])
        const [wasm, cpu] = [await slopes('wasm', bytes, x), await slopes('cpu', bytes, x)]
        for (const name of ['v', 'w', 'b']) expectClose(wasm.get(name)!, cpu.get(name)!, 1e-5)
      }),
      { numRuns: 40 },
    )
  })
})
