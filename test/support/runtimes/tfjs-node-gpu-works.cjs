/**
 * A package in the shape of tfjs-node-gpu's last release: it registers a backend named "tensorflow" when it is loaded, and
 * that calls functions of node:util that Node 23 removed. It computes in plain JavaScript.
 */
const util = require('util')
const tf = require('@tensorflow/tfjs-core')
const { MathBackendCPU } = require('@tensorflow/tfjs-backend-cpu')

class NodeJSKernelBackend extends MathBackendCPU {
  write(values, shape, dtype) {
    if (util.isNullOrUndefined(shape) || !util.isArray(shape)) throw new TypeError('no shape')
    return super.write(values, shape, dtype)
  }
}

for (const kernel of tf.getKernelsForBackend('cpu'))
  tf.registerKernel({ ...kernel, backendName: 'tensorflow' })
tf.registerBackend('tensorflow', () => new NodeJSKernelBackend(), 3)
if (!tf.setBackend('tensorflow')) throw new Error('Could not initialize TensorFlow backend.')
