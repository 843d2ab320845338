/** @file TensorFlow.js and its backends, set up for Node. */
import '@tensorflow/tfjs-backend-cpu'
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs-core'
// Registers the gradients; the module of tfjs-core that does so cannot be loaded by Node.
import '@tensorflow/tfjs-layers'
import { createRequire } from 'node:module'
import { dirname, join, sep } from 'node:path'
import util from 'node:util'

export type Backend = 'tensorflow' | 'wasm' | 'cpu'

/** The backend of TensorFlow.js that was chosen, and why each one before it was not. */
export interface ChosenBackend {
  readonly backend: Backend
  readonly refused: readonly { readonly backend: Backend; readonly reason: string }[]
}

const require = createRequire(import.meta.url)

/**
 * Sets TensorFlow.js up with the fastest backend that loads here: the native one (CUDA, where its parts are installed),
 * WebAssembly, or plain JavaScript. The latter two are deterministic.
 * @param wanted the backends to try, in this order
 * @throws where none of them starts
 */
export async function chooseBackend(
  wanted: readonly Backend[] = ['tensorflow', 'wasm', 'cpu'],
): Promise<ChosenBackend> {
  const refused: { backend: Backend; reason: string }[] = []
  for (const backend of wanted) {
    try {
      if (backend === 'tensorflow') loadNative()
      if (backend === 'wasm') setWasmPaths(wasmFolder())
      if (!(await tf.setBackend(backend))) throw new Error('it did not start')
      await tf.ready()
      return { backend, refused }
    } catch (error) {
      refused.push({
        backend,
        reason: error instanceof Error ? error.message.split('\n')[0]! : String(error),
      })
    }
  }
  throw new Error(`No backend of TensorFlow.js starts: ${refused.map(({ reason }) => reason).join('; ')}`)
}

/** The native package's last release calls functions of node:util that Node 23 removed: they are put back first. */
function loadNative(): void {
  const legacy = util as unknown as Record<string, unknown>
  legacy.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined
  legacy.isArray ??= Array.isArray
  require('@tensorflow/tfjs-node-gpu')
}

function wasmFolder(): string {
  return join(dirname(require.resolve('@tensorflow/tfjs-backend-wasm')), sep)
}
