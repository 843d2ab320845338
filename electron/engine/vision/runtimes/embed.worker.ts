import { runtimeApi } from './loaded-network.ts'
import { onnxRuntime } from './onnx-runtime.ts'
import { serveWorker } from '../../runtime/threads/rpc.ts'

/** The runtime that works everywhere, in a thread: its Node binding computes on the thread that calls it. */
serveWorker(runtimeApi(onnxRuntime('cpu')))
