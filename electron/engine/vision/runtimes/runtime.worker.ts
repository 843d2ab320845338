import type { RuntimeKind } from './candidates.ts'
import { runtimeApi, type LoadNetwork } from './loaded-network.ts'
import { serveProcess } from '../../runtime/threads/rpc.ts'

/** A runtime in a process of its own: a driver that crashes or hangs takes nothing else with it. */
const kind = JSON.parse(process.argv[2] ?? '') as RuntimeKind

/** Only what the runtime needs is loaded, as late as its errors can be told. */
const load: LoadNetwork = async (file, card) => {
  const loadNetwork =
    'provider' in kind
      ? (await import('./onnx-runtime.ts')).onnxRuntime(kind.provider)
      : (await import('./tensorflow-runtime.ts')).tensorflowRuntime(kind.backend)
  return loadNetwork(file, card)
}

serveProcess(runtimeApi(load))
