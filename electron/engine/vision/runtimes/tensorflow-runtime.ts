import * as tf from '@tensorflow/tfjs-core'
import { readFileSync } from 'node:fs'
import { KindredError } from '../../../shared/errors.ts'
import { GraphExecutor } from '../onnx-graph/executor.ts'
import { ModelFile } from '../onnx-graph/model-file.ts'
import { chooseBackend, type Backend, type ChosenBackend } from '../tensors/backend.ts'
import { runNetwork, type RunNetwork } from '../network/run-network.ts'
import { PARTS_MISSING, type LoadNetwork } from './loaded-network.ts'

/** Returns how TensorFlow.js loads a network: by the graph executor that deep training uses. */
export function tensorflowRuntime(backend: Backend): LoadNetwork {
  return async (file, card) => {
    const { refused } = await chooseBackend([backend, 'cpu'])
    if (refused[0]) throw new KindredError('runtime-failed', plain(refused[0]))
    const executor = new GraphExecutor(new ModelFile(readFileSync(file)), card.input.name, card.output.name)
    const run: RunNetwork = async (values, shape) => {
      const output = tf.tidy(() => executor.run(tf.tensor(values, [...shape])))
      try {
        return { data: await output.data<'float32'>(), dims: output.shape }
      } finally {
        output.dispose()
      }
    }
    return { features: (rgb, count) => runNetwork(run, card, rgb, count) }
  }
}

function plain({ backend, reason }: ChosenBackend['refused'][number]): string {
  if (backend !== 'tensorflow' || !/can not be found|Cannot find module/.test(reason)) return reason
  return PARTS_MISSING
}
