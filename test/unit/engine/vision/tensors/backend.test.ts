import * as tf from '@tensorflow/tfjs-core'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import util from 'node:util'
import { describe, expect, test } from 'vitest'
import { chooseBackend } from '../../../../../electron/engine/vision/tensors/backend.ts'
import type * as Binding from './native-binding.ts'

const require = createRequire(import.meta.url)

const sum = (): number[] => [
  ...tf.tidy(() => tf.add(tf.tensor1d([1, 2, 3]), tf.tensor1d([4, 5, 6])).dataSync()),
]

describe('TensorFlow.js backend', () => {
  test.each(['wasm', 'cpu'] as const)('is the one asked for: %s', async backend => {
    expect(await chooseBackend([backend])).toEqual({ backend, refused: [] })
    expect(tf.getBackend()).toBe(backend)
    expect(sum()).toEqual([5, 7, 9])
  })
})

/** The package is optional; its JavaScript is there wherever npm could install it. */
const isInstalled = (): boolean => {
  try {
    require.resolve('@tensorflow/tfjs-node-gpu')
    return true
  } catch {
    return false
  }
}

/** Makes the package load its native part from another place than where it would have been downloaded to. */
function putNativePart(file: string): void {
  const there = createRequire(require.resolve('@tensorflow/tfjs-node-gpu'))
  there('@mapbox/node-pre-gyp')
  there.cache[there.resolve('@mapbox/node-pre-gyp')]!.exports = { find: () => file }
}

describe.skipIf(!isInstalled())('TensorFlow.js backend: native', () => {
  test('is passed over with a reason where its native part is absent', async () => {
    putNativePart('/no/such/tfjs_binding.node')
    expect(await chooseBackend()).toEqual({
      backend: 'wasm',
      refused: [{ backend: 'tensorflow', reason: expect.stringContaining('tfjs_binding.node') as string }],
    })
    await expect(chooseBackend(['tensorflow'])).rejects.toThrow('No backend of TensorFlow.js starts')
  })

  test('is chosen first where it loads, under a Node without util.isNullOrUndefined too', async () => {
    Reflect.deleteProperty(util, 'isNullOrUndefined')
    Reflect.deleteProperty(util, 'isArray')
    const standIn = fileURLToPath(new URL('native-binding.ts', import.meta.url))
    putNativePart(standIn)
    const { executed, TF_FLOAT, TF_ATTR_TYPE } = require(standIn) as typeof Binding

    expect(await chooseBackend()).toEqual({ backend: 'tensorflow', refused: [] })
    expect(tf.getBackend()).toBe('tensorflow')
    expect(sum()).toEqual([5, 7, 9])
    const type = { name: 'T', type: TF_ATTR_TYPE, value: TF_FLOAT }
    expect(executed).toEqual([{ name: 'Add', attributes: [type] }])
  })
})
