import * as tf from '@tensorflow/tfjs-core'
import { conv } from './convolution.ts'
import { gemm, matMul, softmax } from './dense.ts'
import { batchNormalization, cast, clip, each, hardSigmoid, hardSwish, pairs } from './elementwise.ts'
import type { Operator } from './operator.ts'
import { averagePool, globalAveragePool, maxPool, reduceMean } from './pooling.ts'
import { concat, flatten, gather, reshape, shape, squeeze, transpose, unsqueeze } from './shaping.ts'

/**
 * The supported operators by their ONNX names: what MobileNet 2 and 3 and ResNet are made of. `Identity` and `Constant`
 * are resolved by the graph. All are differentiable. https://onnx.ai/onnx/operators/
 */
export const operators: ReadonlyMap<string, Operator> = new Map(
  Object.entries({
    Add: pairs(tf.add),
    AveragePool: averagePool,
    BatchNormalization: batchNormalization,
    Cast: cast,
    Clip: clip,
    Concat: concat,
    Conv: conv,
    Div: pairs(tf.div),
    Flatten: flatten,
    Gather: gather,
    Gemm: gemm,
    GlobalAveragePool: globalAveragePool,
    HardSigmoid: hardSigmoid,
    HardSwish: hardSwish,
    MatMul: matMul,
    MaxPool: maxPool,
    Mul: pairs(tf.mul),
    ReduceMean: reduceMean,
    Relu: each(tf.relu),
    Reshape: reshape,
    Shape: shape,
    Sigmoid: each(tf.sigmoid),
    Softmax: softmax,
    Squeeze: squeeze,
    Sub: pairs(tf.sub),
    Transpose: transpose,
    Unsqueeze: unsqueeze,
  }),
)
