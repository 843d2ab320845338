import { WorkerClient } from '../../runtime/threads/rpc.ts'
import { workerFile } from '../../runtime/threads/worker-file.ts'
import type { DeepWorkerApi } from './deep.worker.ts'

export type DeepThread = WorkerClient<DeepWorkerApi>

/** Starts a thread that trains a whole network. The caller closes it. */
export const startDeepThread = (): DeepThread => new WorkerClient(workerFile('deep', import.meta.url))
