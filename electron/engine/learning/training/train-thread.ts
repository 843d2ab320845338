import { WorkerClient } from '../../runtime/threads/rpc.ts'
import { workerFile } from '../../runtime/threads/worker-file.ts'
import type { TrainWorkerApi } from './train.worker.ts'

export type TrainThread = WorkerClient<TrainWorkerApi>

/** Starts a thread that trains heads. The caller closes it. */
export const startTrainThread = (): TrainThread => new WorkerClient(workerFile('train', import.meta.url))
