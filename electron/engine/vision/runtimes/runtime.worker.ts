/** @file The process of a runtime other than the CPU's: a driver that crashes or hangs takes nothing else with it. */
import type { RuntimeKind } from './candidates.ts'
import { runtimeApi, type LoadNetwork } from './loaded-network.ts'
import { serveProcess } from '../../runtime/threads/rpc.ts'

const kind = JSON.parse(process.argv[2] ?? '') as RuntimeKind

/** Loads only what the runtime needs, and within the call, so that the caller gets its errors. */
const load: LoadNetwork = async (file, card) => {
  const loadNetwork =
    'provider' in kind
      ? (await import('./onnx-runtime.ts')).onnxRuntime(kind.provider)
      : (await import('./tensorflow-runtime.ts')).tensorflowRuntime(kind.backend)
  return loadNetwork(file, card)
}

serveProcess(runtimeApi(load))
