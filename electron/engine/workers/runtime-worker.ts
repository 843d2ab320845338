import type { RuntimeKind } from '../vision/runtimes/candidates.ts'
import { runtimeApi, type LoadNetwork } from '../vision/runtimes/loaded-network.ts'
import { serveProcess } from './rpc.ts'

/** A runtime in a process of its own: a driver that crashes or hangs takes nothing else with it. */
const kind = JSON.parse(process.argv[2] ?? '') as RuntimeKind

/** Only what the runtime needs is loaded, as late as its errors can be told. */
const load: LoadNetwork = async (file, card) => {
  const loadNetwork =
    'provider' in kind
      ? (await import('../vision/runtimes/onnx-runtime.ts')).onnxRuntime(kind.provider)
      : (await import('../vision/runtimes/tensorflow-runtime.ts')).tensorflowRuntime(kind.backend)
  return loadNetwork(file, card)
}

serveProcess(runtimeApi(load))
