import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { GraphExecutor } from '../../../../../electron/engine/vision/onnx-graph/executor.ts'
import { ModelFile } from '../../../../../electron/engine/vision/onnx-graph/model-file.ts'
import { codeOf } from '../../scratch.ts'
import { file, float, floats, int, integers, ints, node, tensor, text, type NodeParts } from './build.ts'
import { drawn, expectSame, inKindred } from './runtimes.ts'

const weights = (shape: readonly number[], seed = 2): object => floats(shape, drawn(shape, seed).values)
const positive = (shape: readonly number[], seed = 3): object =>
  floats(
    shape,
    drawn(shape, seed).values.map(value => value ** 2 + 0.1),
  )

/** A convolution in front, so that what follows takes images as they lie inside. */
const first = node('Conv', 'x w', 'c')
const firstWeights = { w: weights([3, 2, 1, 1]) }
const images = drawn([2, 2, 5, 4])

describe('ONNX operators: convolution', () => {
  const side = fc.integer({ min: 1, max: 4 })
  const pad = fc.integer({ min: 0, max: 3 })
  const geometry = fc.record({
    kernel: fc.tuple(side, side),
    strides: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
    dilations: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 2 })),
    pads: fc.tuple(pad, pad, pad, pad),
    auto: fc.constantFrom('NOTSET', 'VALID', 'SAME_UPPER', 'SAME_LOWER'),
    groups: fc.integer({ min: 1, max: 3 }),
    perGroup: fc.integer({ min: 1, max: 3 }),
    multiple: fc.integer({ min: 1, max: 3 }),
    bias: fc.boolean(),
    extra: fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 5 })),
  })

  test('returns what ONNX Runtime returns, for any geometry', async () => {
    await fc.assert(
      fc.asyncProperty(geometry, async given => {
        const { kernel, strides, dilations, pads, auto, groups, perGroup, multiple, bias, extra } = given
        // ONNX Runtime takes no dilation beside SAME.
        const gaps = auto.startsWith('SAME') ? [1, 1] : dilations
        const size = kernel.map((length, i) => (length - 1) * gaps[i]! + 1 + extra[i]!)
        const outputs = groups * multiple
        const conv = node('Conv', bias ? 'x w b' : 'x w', 'y', {
          strides: ints(...strides),
          group: int(groups),
          ...(auto === 'NOTSET' ? { pads: ints(...pads) } : { auto_pad: text(auto) }),
          ...(auto.startsWith('SAME') ? {} : { dilations: ints(...gaps) }),
        })
        const bytes = file({
          nodes: [conv],
          weights: { w: weights([outputs, perGroup, ...kernel]), ...(bias && { b: weights([outputs]) }) },
        })
        await expectSame(bytes, drawn([2, groups * perGroup, ...size]))
      }),
      { numRuns: 60 },
    )
  })

  test('takes weights that are a constant of the network, or shared under another name', async () => {
    const constant = node('Constant', '', 'w', { value: tensor(weights([2, 2, 3, 3])) })
    await expectSame(file({ nodes: [constant, node('Conv', 'x w', 'y')] }), images)
    const shared = [node('Identity', 'w', 'v'), node('Conv', 'x v', 'a'), node('Conv', 'a w', 'y')]
    await expectSame(file({ nodes: shared, weights: { w: weights([2, 2, 1, 2]) } }), images)
  })
})

describe('ONNX operators: pooling', () => {
  const geometry = fc.record({
    operator: fc.constantFrom('MaxPool', 'AveragePool'),
    kernel: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
    strides: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
    pads: fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3), fc.nat(3)),
    ceil: fc.boolean(),
    withPads: fc.boolean(),
    auto: fc.constantFrom('NOTSET', 'VALID', 'SAME_UPPER', 'SAME_LOWER'),
    extra: fc.tuple(fc.nat(6), fc.nat(6)),
  })

  test('returns what ONNX Runtime returns, for any geometry', async () => {
    await fc.assert(
      fc.asyncProperty(geometry, async ({ operator, kernel, strides, pads, ceil, withPads, auto, extra }) => {
        const inside = pads.map((pad, i) => Math.min(pad, kernel[i % 2]! - 1))
        // ONNX Runtime takes no SAME where windows lie apart.
        const steps = auto.startsWith('SAME') ? strides.map((step, i) => Math.min(step, kernel[i]!)) : strides
        const pool = node(operator, 'x', 'y', {
          kernel_shape: ints(...kernel),
          strides: ints(...steps),
          ...(auto === 'NOTSET'
            ? { pads: ints(...inside), ceil_mode: int(ceil ? 1 : 0) }
            : { auto_pad: text(auto) }),
          ...(operator === 'AveragePool' && { count_include_pad: int(withPads ? 1 : 0) }),
        })
        await expectSame(
          file({ nodes: [pool], opset: 19 }),
          drawn([2, 3, kernel[0] + extra[0], kernel[1] + extra[1]]),
        )
      }),
      { numRuns: 80 },
    )
  })
})

describe('ONNX operators', () => {
  const after = (...nodes: NodeParts[]): readonly NodeParts[] => [first, ...nodes]
  const four = { scale: weights([3]), bias: weights([3], 5), mean: weights([3], 6), variance: positive([3]) }
  const cases: [string, readonly NodeParts[], Record<string, object>?, number?][] = [
    ['Relu', after(node('Relu', 'c', 'y'))],
    ['Sigmoid', after(node('Sigmoid', 'c', 'y'))],
    ['HardSwish', after(node('HardSwish', 'c', 'y'))],
    ['HardSigmoid', after(node('HardSigmoid', 'c', 'y'))],
    ['HardSigmoid of its own', after(node('HardSigmoid', 'c', 'y', { alpha: float(0.3), beta: float(0.4) }))],
    ['Clip', after(node('Clip', 'c low high', 'y')), { low: floats([], [-0.5]), high: floats([], [0.7]) }],
    ['Clip from below', after(node('Clip', 'c low', 'y')), { low: floats([], [-0.5]) }],
    ['Clip from above', after(node('Clip', 'c - high', 'y')), { high: floats([], [0.5]) }],
    ['Clip without bounds', after(node('Clip', 'c', 'y'))],
    ['Clip of old', after(node('Clip', 'c', 'y', { min: float(0), max: float(0.6) })), {}, 9],
    ['Add of images', after(node('Relu', 'c', 'r'), node('Add', 'c r', 'y'))],
    ['Sub of channels', after(node('Sub', 'c k', 'y')), { k: weights([3, 1, 1]) }],
    ['Sub from a row', after(node('Sub', 'k c', 'y')), { k: weights([4]) }],
    ['Mul by a number', after(node('Mul', 'c k', 'y')), { k: floats([], [0.3]) }],
    ['Mul by the batch', after(node('Mul', 'c k', 'y')), { k: weights([2, 3, 1, 1]) }],
    ['Div', after(node('Div', 'c k', 'y')), { k: positive([1, 3, 5, 4]) }],
    ['Mul of five dimensions', after(node('Mul', 'c k', 'y')), { k: weights([2, 1, 3, 1, 1]) }],
    ['Add of rows', [node('Add', 'x k', 'y')], { k: weights([4]) }],
    ['BatchNormalization', after(node('BatchNormalization', 'c scale bias mean variance', 'y')), four],
    [
      'BatchNormalization of rows',
      after(
        node('GlobalAveragePool', 'c', 'g'),
        node('Flatten', 'g', 'f'),
        node('BatchNormalization', 'f scale bias mean variance', 'y', { epsilon: float(0.01) }),
      ),
      four,
    ],
    ['GlobalAveragePool', after(node('GlobalAveragePool', 'c', 'y'))],
    ['ReduceMean over images', after(node('ReduceMean', 'c', 'y', { axes: ints(2, 3), keepdims: int(0) }))],
    ['ReduceMean that keeps', after(node('ReduceMean', 'c', 'y', { axes: ints(-1, -2) }))],
    ['ReduceMean over channels', after(node('ReduceMean', 'c', 'y', { axes: ints(1), keepdims: int(0) }))],
    ['ReduceMean over columns', after(node('ReduceMean', 'c', 'y', { axes: ints(3), keepdims: int(0) }))],
    ['ReduceMean over all', after(node('ReduceMean', 'c', 'y', { keepdims: int(0) }))],
    ['ReduceMean of now', after(node('ReduceMean', 'c axes', 'y')), { axes: integers(2, 3) }, 18],
    ['ReduceMean over none', after(node('ReduceMean', 'c', 'y', { noop_with_empty_axes: int(1) })), {}, 18],
    ['Flatten', after(node('Flatten', 'c', 'y'))],
    ['Flatten at another axis', after(node('Flatten', 'c', 'y', { axis: int(-2) }))],
    ['Flatten of all', after(node('Flatten', 'c', 'y', { axis: int(0) }))],
    ['Reshape', after(node('Reshape', 'c to', 'y')), { to: integers(0, -1, 2) }],
    ['Squeeze', after(node('GlobalAveragePool', 'c', 'g'), node('Squeeze', 'g', 'y'))],
    [
      'Squeeze of old',
      after(node('GlobalAveragePool', 'c', 'g'), node('Squeeze', 'g', 'y', { axes: ints(2) })),
      {},
      11,
    ],
    [
      'Squeeze of now',
      after(node('GlobalAveragePool', 'c', 'g'), node('Squeeze', 'g a', 'y')),
      { a: integers(-1, 2) },
    ],
    ['Unsqueeze of old', after(node('Unsqueeze', 'c', 'y', { axes: ints(0, 3) })), {}, 11],
    ['Unsqueeze of now', after(node('Unsqueeze', 'c a', 'y')), { a: integers(-1) }],
    ['Transpose', after(node('Transpose', 'c', 'y', { perm: ints(2, 0, 3, 1) }))],
    ['Transpose of all', after(node('Transpose', 'c', 'y'))],
    ['Concat of channels', after(node('Relu', 'c', 'r'), node('Concat', 'c r', 'y', { axis: int(1) }))],
    ['Concat of columns', after(node('Relu', 'c', 'r'), node('Concat', 'c r c', 'y', { axis: int(-1) }))],
    ['Concat of both layouts', after(node('Concat', 'c x', 'y', { axis: int(1) }))],
    ['Softmax', after(node('Softmax', 'c', 'y', { axis: int(1) }))],
    ['Softmax along the last', after(node('Softmax', 'c', 'y'))],
    ['Softmax of old', after(node('Softmax', 'c', 'y', { axis: int(1) })), {}, 11],
    [
      'Gemm',
      after(node('Flatten', 'c', 'f'), node('Gemm', 'f k b', 'y', { alpha: float(0.5), beta: float(2) })),
      { k: weights([60, 7]), b: weights([7]) },
    ],
    [
      'Gemm of turned matrices',
      after(node('Flatten', 'c', 'f'), node('Gemm', 'f k', 'y', { transA: int(1), transB: int(1) })),
      { k: weights([7, 2]) },
    ],
    ['MatMul', after(node('Flatten', 'c', 'f'), node('MatMul', 'f k', 'y')), { k: weights([60, 5]) }],
    ['MatMul of a stack', after(node('MatMul', 'c k', 'y')), { k: weights([4, 5]) }],
    [
      'MatMul of two stacks',
      after(node('Transpose', 'c', 't', { perm: ints(0, 1, 3, 2) }), node('MatMul', 'c t', 'y')),
    ],
    ['Identity', after(node('Identity', 'c', 'i'), node('Identity', 'i', 'y'))],
    ['Cast', after(node('Cast', 'c', 'd', { to: int(11) }), node('Cast', 'd', 'y', { to: int(1) }))],
    ['Constant', after(node('Constant', '', 'k', { value_float: float(0.25) }), node('Mul', 'c k', 'y'))],
    [
      'Shape, Gather and the like',
      after(
        node('Shape', 'c', 's'),
        node('Constant', '', 'zero', { value_int: int(0) }),
        node('Gather', 's zero', 'n'),
        node('Unsqueeze', 'n axis', 'u'),
        node('Concat', 'u rest', 'to', { axis: int(0) }),
        node('Reshape', 'c to', 'y'),
      ),
      { axis: integers(0), rest: integers(-1) },
    ],
    [
      'Shape of a part',
      after(
        node('Shape', 'c', 's', { start: int(1), end: int(3) }),
        node('Concat', 's m', 't', { axis: int(0) }),
        node('Reshape', 'c t', 'y'),
      ),
      { m: integers(-1) },
    ],
  ]

  test.each(cases)('returns what ONNX Runtime returns: %s', async (_, nodes, extra = {}, opset = 17) => {
    await expectSame(file({ nodes, weights: { ...firstWeights, ...extra }, opset }), images)
  })
})

describe('ONNX graph: small networks', () => {
  const normal = (name: string, channels: number): Record<string, object> => ({
    [`${name}.s`]: weights([channels], 4),
    [`${name}.b`]: weights([channels], 5),
    [`${name}.m`]: weights([channels], 6),
    [`${name}.v`]: positive([channels]),
  })
  const normalised = (name: string, from: string, to: string): NodeParts =>
    node('BatchNormalization', `${from} ${name}.s ${name}.b ${name}.m ${name}.v`, to)

  test('returns what ONNX Runtime returns: ResNet', async () => {
    const nodes = [
      node('Conv', 'x w0', 'a', { strides: ints(2, 2), pads: ints(3, 3, 3, 3) }),
      normalised('n0', 'a', 'b'),
      node('Relu', 'b', 'c'),
      node('MaxPool', 'c', 'd', { kernel_shape: ints(3, 3), strides: ints(2, 2), pads: ints(1, 1, 1, 1) }),
      node('Conv', 'd w1', 'e', { pads: ints(1, 1, 1, 1) }),
      normalised('n1', 'e', 'f'),
      node('Add', 'f d', 'g'),
      node('Relu', 'g', 'h'),
      node('GlobalAveragePool', 'h', 'i'),
      node('Flatten', 'i', 'j'),
      node('Gemm', 'j w2 b2', 'y', { transB: int(1) }),
    ]
    const all = {
      w0: weights([6, 3, 7, 7]),
      ...normal('n0', 6),
      w1: weights([6, 6, 3, 3]),
      ...normal('n1', 6),
    }
    const last = { w2: weights([5, 6]), b2: weights([5]) }
    await expectSame(file({ nodes, weights: { ...all, ...last } }), drawn([2, 3, 30, 33]))
  })

  test('returns what ONNX Runtime returns: MobileNet 2', async () => {
    const clip = (from: string, to: string): NodeParts => node('Clip', `${from} zero six`, to)
    const nodes = [
      node('Conv', 'x w0', 'a', { strides: ints(2, 2), pads: ints(1, 1, 1, 1) }),
      clip('a', 'b'),
      node('Conv', 'b w1', 'c', { pads: ints(1, 1, 1, 1), group: int(4) }),
      normalised('n1', 'c', 'd'),
      clip('d', 'e'),
      node('Conv', 'e w2', 'f'),
      node('Add', 'f a', 'g'),
      node('GlobalAveragePool', 'g', 'h'),
      node('Shape', 'h', 's'),
      node('Gather', 's first', 'n'),
      node('Unsqueeze', 'n axes', 'u'),
      node('Concat', 'u rest', 'to', { axis: int(0) }),
      node('Reshape', 'h to', 'y'),
    ]
    const all = {
      w0: weights([4, 3, 3, 3]),
      w1: weights([4, 1, 3, 3]),
      ...normal('n1', 4),
      w2: weights([4, 4, 1, 1]),
    }
    const numbers = { zero: floats([], [0]), six: floats([], [6]), axes: integers(0), rest: integers(-1) }
    const first = { first: { ...integers(0), dims: [] } }
    await expectSame(file({ nodes, weights: { ...all, ...numbers, ...first } }), drawn([2, 3, 12, 12]))
  })
})

describe('ONNX graph: unsupported networks', () => {
  const refused = async (
    nodes: readonly NodeParts[],
    extra: Record<string, object> = {},
  ): Promise<string> => {
    const bytes = file({ nodes, weights: { ...firstWeights, ...extra } })
    try {
      await inKindred('cpu', bytes, images)
      return 'no error'
    } catch (error) {
      expect(await codeOf(() => Promise.reject(error as Error))).toBe('model-invalid')
      return (error as Error).message
    }
  }

  test('are refused with the names of all unknown operators, before anything runs', () => {
    const unknown = [first, node('LSTM', 'c', 'a'), { ...node('Relu', 'a', 'y'), domain: 'com.example' }]
    const model = new ModelFile(file({ nodes: unknown, weights: firstWeights }))
    expect(() => new GraphExecutor(model, 'x', 'y')).toThrow(/cannot train: LSTM, com.example.Relu\./)
    const unused = [first, node('LSTM', 'c', 'a'), node('Relu', 'c', 'y')]
    new GraphExecutor(new ModelFile(file({ nodes: unused, weights: firstWeights })), 'x', 'y').dispose()
  })

  test.each<[RegExp, readonly NodeParts[], Record<string, object>?]>([
    [/"nothing" is not there yet/, [node('Relu', 'nothing', 'y')]],
    [/"c" is there already/, [first, node('Relu', 'x', 'c'), node('Relu', 'c', 'y')]],
    [/never computes its output/, [first]],
    [/returns a constant/, [node('Identity', 'w', 'y')]],
    [/Conv.*2 channels are needed, 3 came/, [first, node('Conv', 'c w', 'y')]],
    [/Conv.*do not make 2 groups/, [node('Conv', 'x w', 'y', { group: int(2) })]],
    [/Conv.*known before running/, [node('Conv', 'x x', 'y')]],
    [/Conv.*"kernel_shape"/, [node('Conv', 'x w', 'y', { kernel_shape: ints(2, 1) })]],
    [/Conv.*"strides" is out of range/, [node('Conv', 'x w', 'y', { strides: ints(0, 1) })]],
    [/Conv.*"strides" is of another type/, [node('Conv', 'x w', 'y', { strides: int(1) })]],
    [/Conv.*"pads" is out of range/, [node('Conv', 'x w', 'y', { pads: ints(0, 0, -1, 0) })]],
    [/Conv.*"auto_pad" is unknown/, [node('Conv', 'x w', 'y', { auto_pad: text('ALL') })]],
    [/Conv.*bias is not of 3/, [node('Conv', 'x w b', 'y')], { b: floats([2], [0, 0]) }],
    [/MaxPool.*gaps/, [node('MaxPool', 'x', 'y', { kernel_shape: ints(2, 2), dilations: ints(2, 2) })]],
    [/MaxPool.*smaller than its window/, [node('MaxPool', 'x', 'y', { kernel_shape: ints(9, 9) })]],
    [
      /BatchNormalization.*finished/,
      [node('BatchNormalization', 'x w w w w', 'y', { training_mode: int(1) })],
    ],
    [/Reshape.*cannot take the shape/, [node('Reshape', 'x to', 'y')], { to: integers(3, -1, 9) }],
    [/Squeeze.*only dimensions of 1/, [node('Squeeze', 'x a', 'y')], { a: integers(1) }],
    [/Flatten.*no axis 7/, [node('Flatten', 'x', 'y', { axis: int(7) })]],
    [/Transpose.*no order/, [node('Transpose', 'x', 'y', { perm: ints(0, 0, 1, 2) })]],
    [/MatMul/, [node('Flatten', 'x', 'f'), node('MatMul', 'f k', 'y')], { k: floats([3, 1], [0, 0, 0]) }],
    [/MatMul.*stacks/, [node('MatMul', 'x k', 'y')], { k: weights([2, 1, 4, 4]) }],
    [/Clip.*not known before running/, [node('Clip', 'x x', 'y')]],
    [/Cast.*only casts among/, [node('Cast', 'x', 'y', { to: int(7) })]],
    [/Add.*whole ones came/, [node('Shape', 'x', 's'), node('Add', 's x', 'y')]],
    [/Gather.*known before computing/, [node('Gather', 'x i', 'y')], { i: integers(0) }],
    [/Relu.*input 0 is missing/, [node('Relu', '', 'y')]],
    [/Constant.*holds no numbers/, [node('Constant', '', 'y', { value_string: text('a') })]],
  ])('is refused: %s', async (message, nodes, extra) => {
    expect(await refused(nodes, extra)).toMatch(message)
  })

  test('are refused where weights are used in two ways', async () => {
    const twice = [
      node('Conv', 'x k', 'c'),
      node('Conv', 'c k', 'd', { group: int(1) }),
      node('Mul', 'd k', 'y'),
    ]
    expect(await refused(twice, { k: weights([2, 2, 1, 1]) })).toMatch(/used in two ways/)
  })
})
