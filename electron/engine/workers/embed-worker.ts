import { runtimeApi } from '../vision/runtimes/loaded-network.ts'
import { onnxRuntime } from '../vision/runtimes/onnx-runtime.ts'
import { serveWorker } from './rpc.ts'

/** The runtime that works everywhere, in a thread: its Node binding computes on the thread that calls it. */
serveWorker(runtimeApi(onnxRuntime('cpu')))
