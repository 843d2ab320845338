import { describe, expect, test } from 'vitest'
import { candidatesFor } from '../../../../../electron/engine/vision/runtimes/candidates.ts'

describe('candidate runtimes', () => {
  const names = (platform: NodeJS.Platform): string[] => candidatesFor(platform).map(({ name }) => name)

  test('are those of the platform, the one that works everywhere last', () => {
    expect(names('linux')).toEqual(['onnxruntime-cuda', 'onnxruntime-webgpu', 'tfjs-node-gpu', 'tfjs-wasm'])
    expect(names('win32')).toEqual([
      'onnxruntime-directml',
      'onnxruntime-webgpu',
      'tfjs-node-gpu',
      'tfjs-wasm',
    ])
    expect(names('darwin')).toEqual(['onnxruntime-coreml', 'onnxruntime-webgpu', 'tfjs-wasm'])
  })
})
