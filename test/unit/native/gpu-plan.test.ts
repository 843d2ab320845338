import { describe, expect, test } from 'vitest'
import { bindingFolderOf, librariesIn, planGpu, type GpuFacts } from '../../../native/gpu-plan.ts'

const cuda: GpuFacts = {
  platform: 'linux',
  arch: 'x64',
  nvidia: 'NVIDIA GeForce RTX 3060, 550.54.14',
  packages: { tensorflow: true, onnxruntime: true },
  ready: { tensorflow: false, onnxruntime: false },
  libraries: ['libcudart.so.11.0', 'libcudnn.so.8', 'libcudart.so.12', 'libcudnn.so.9'],
}

/** Which installers run, and which libraries are reported as lacking. */
function told(facts: GpuFacts): unknown {
  const plan = planGpu(facts)
  if (plan.kind === 'give-up') return plan.reason
  return [plan.kind === 'install' ? plan.steps.map(step => step.package) : plan.kind, ...plan.lacking]
}

describe('GPU plan', () => {
  test('installs both parts on Linux with an NVIDIA GPU', () => {
    expect(told(cuda)).toEqual([['@tensorflow/tfjs-node-gpu', 'onnxruntime-node']])
    expect(planGpu(cuda)).toMatchObject({
      steps: [
        { script: 'scripts/install.js', args: ['gpu', 'download'] },
        { script: 'script/install.js', environment: { ONNXRUNTIME_NODE_INSTALL: 'true' } },
      ],
    })
  })

  test('installs only missing parts', () => {
    expect(told({ ...cuda, ready: { tensorflow: true, onnxruntime: false } })).toEqual([['onnxruntime-node']])
    expect(told({ ...cuda, ready: { tensorflow: true, onnxruntime: true } })).toEqual(['ready'])
    expect(told({ ...cuda, packages: { tensorflow: false, onnxruntime: true } })).toEqual([
      ['onnxruntime-node'],
    ])
  })

  test('leaves ONNX Runtime alone on Windows, which has DirectML', () => {
    expect(told({ ...cuda, platform: 'win32', libraries: undefined })).toEqual([
      ['@tensorflow/tfjs-node-gpu'],
    ])
    expect(told({ ...cuda, platform: 'win32', packages: { tensorflow: false, onnxruntime: true } })).toMatch(
      /npm ci/,
    )
  })

  test('lists the libraries that the system lacks', () => {
    expect(told({ ...cuda, libraries: ['libcudart.so.12', 'libcudnn.so.8'] })).toEqual([
      ['@tensorflow/tfjs-node-gpu', 'onnxruntime-node'],
      'libcudart.so.11.0',
      'libcudnn.so.9',
    ])
    // Unknown is not absent.
    expect(told({ ...cuda, libraries: undefined })).toHaveLength(1)
  })

  test('installs nothing where nothing could work, and gives the reason', () => {
    expect(told({ ...cuda, nvidia: undefined })).toMatch(/nvidia-smi/)
    expect(told({ ...cuda, platform: 'darwin', arch: 'arm64' })).toMatch(/CoreML/)
    expect(told({ ...cuda, arch: 'arm64' })).toMatch(/arm64/)
    expect(told({ ...cuda, platform: 'freebsd' })).toMatch(/freebsd/)
  })
})

test('GPU plan: parses the loader’s list of libraries', () => {
  const text = `2 libs found in cache \`/etc/ld.so.cache'
	libcudart.so.12 (libc6,x86-64) => /usr/local/cuda/lib64/libcudart.so.12
	libz.so.1 (libc6) => /lib/libz.so.1`
  expect(librariesIn(text)).toEqual(['libcudart.so.12', 'libz.so.1'])
})

test('GPU plan: finds the binding’s folder for a Node newer than the release', () => {
  expect(bindingFolderOf([3, 4, 5, 6, 7, 8], 10)).toBe('lib/napi-v8')
  expect(bindingFolderOf([3, 4, 5, 6, 7, 8], 7)).toBe('lib/napi-v7')
})
