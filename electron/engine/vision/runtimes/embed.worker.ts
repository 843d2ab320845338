/** @file The thread of ONNX Runtime on the CPU, which works everywhere. */
import { runtimeApi } from './loaded-network.ts'
import { onnxRuntime } from './onnx-runtime.ts'
import { serveWorker } from '../../runtime/threads/rpc.ts'

// In a thread of its own: the Node binding computes on the thread that calls it.
serveWorker(runtimeApi(onnxRuntime('cpu')))
