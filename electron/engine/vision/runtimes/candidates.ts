import { workerFile } from '../../runtime/threads/worker-file.ts'
import type { Backend } from '../tensors/backend.ts'
import type { Provider } from './onnx-runtime.ts'

/** Which runtime a process of `runtime.worker.ts` is to run; it is the argument of the process. */
export type RuntimeKind = { readonly provider: Provider } | { readonly backend: Backend }

/** A runtime that may work on this machine, in a process of its own. */
export interface Candidate {
  /** Such as `onnxruntime-webgpu`. */
  readonly name: string
  /** The program of the process: it serves `runtimeApi` by `serveProcess`. */
  readonly program: URL
  readonly argument: string
}

export const CPU_RUNTIME = 'onnxruntime-cpu'

const kinds = {
  'onnxruntime-cuda': { provider: 'cuda' },
  'onnxruntime-directml': { provider: 'dml' },
  'onnxruntime-coreml': { provider: 'coreml' },
  'onnxruntime-webgpu': { provider: 'webgpu' },
  'tfjs-node-gpu': { backend: 'tensorflow' },
  'tfjs-wasm': { backend: 'wasm' },
} as const satisfies Readonly<Record<string, RuntimeKind>>

/** Returns the runtimes that exist for a platform, those likely to be fastest first. */
export function candidatesFor(platform: NodeJS.Platform): Candidate[] {
  const elsewhere = new Set<string>(
    platform === 'win32'
      ? ['onnxruntime-cuda', 'onnxruntime-coreml']
      : platform === 'darwin'
        ? ['onnxruntime-cuda', 'onnxruntime-directml', 'tfjs-node-gpu']
        : ['onnxruntime-directml', 'onnxruntime-coreml'],
  )
  return Object.entries(kinds)
    .filter(([name]) => !elsewhere.has(name))
    .map(([name, kind]) => ({
      name,
      program: workerFile('runtime', import.meta.url),
      argument: JSON.stringify(kind),
    }))
}
