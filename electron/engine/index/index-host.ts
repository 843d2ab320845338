import { WorkerClient } from '../workers/rpc.ts'
import type { IndexWorkerApi } from '../workers/index-worker.ts'

export type IndexHost = WorkerClient<IndexWorkerApi>

let host: IndexHost | undefined

/**
 * The one thread of this process that runs Faiss. faiss-node keeps its constructors in a static of the process: two
 * threads using it at once would take each other's.
 */
export function indexHost(): IndexHost {
  if (!host?.alive) {
    // A single query is memory-bound: two OpenMP threads were slower than one (docs/performance.md). Read when the
    // library is loaded, so it is set before.
    process.env.OMP_NUM_THREADS ??= '1'
    host = new WorkerClient<IndexWorkerApi>('index')
  }
  return host
}
