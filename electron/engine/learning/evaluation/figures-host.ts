import type { Metrics } from '../../../shared/results.ts'
import { WorkerClient } from '../../runtime/threads/rpc.ts'
import { workerFile } from '../../runtime/threads/worker-file.ts'
import type { FiguresWorkerApi } from './figures.worker.ts'
import { columnsOf, type QueryQuality } from './metrics.ts'

let host: WorkerClient<FiguresWorkerApi> | undefined

/** The thread for figures, one for the process; it starts when it is first needed, and again where it has ended. */
export function figuresHost(): WorkerClient<FiguresWorkerApi> {
  if (!host?.alive) host = new WorkerClient<FiguresWorkerApi>(workerFile('figures', import.meta.url))
  return host
}

/** `summarise` (metrics.ts), in that thread. */
export const summariseInThread = (queries: readonly QueryQuality[]): Promise<Metrics> =>
  figuresHost().call('summarise', columnsOf(queries))
