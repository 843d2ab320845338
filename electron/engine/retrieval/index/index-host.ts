import { loadPhotoIndex, type PhotoIndexModule } from '../../../../native/faiss.ts'
import type { IndexBuilderApi } from './index-builder.worker.ts'
import { WorkerClient } from '../../runtime/threads/rpc.ts'
import { workerFile } from '../../runtime/threads/worker-file.ts'
import type { IndexWorkerApi } from './index.worker.ts'

export type IndexHost = WorkerClient<IndexWorkerApi>
export type IndexBuilder = WorkerClient<IndexBuilderApi>

let host: IndexHost | undefined
let builder: IndexBuilder | undefined
let direct: PhotoIndexModule | null | undefined

/**
 * The one thread of this process that runs faiss-node's own classes. They keep their constructors in a static of the
 * process: two threads using them at once would take each other's.
 */
export function indexHost(): IndexHost {
  if (!host?.alive) {
    limitOpenMp()
    host = new WorkerClient<IndexWorkerApi>(workerFile('index', import.meta.url))
  }
  return host
}

/**
 * Faiss by native handles, which every thread may use: for searches so short that the way to another thread and back
 * would take longer. Undefined where the binding has no such handles.
 */
export function directIndex(): PhotoIndexModule | undefined {
  if (direct === undefined) {
    limitOpenMp()
    direct = loadPhotoIndex() ?? null
  }
  return direct ?? undefined
}

/** The thread for slow work on indexes with native handles; only where there is a {@link directIndex}. */
export function indexBuilder(): IndexBuilder {
  if (!builder?.alive)
    builder = new WorkerClient<IndexBuilderApi>(workerFile('index-builder', import.meta.url))
  return builder
}

/**
 * A single query is memory-bound: two OpenMP threads were slower than one (docs/performance.md). To be set before Faiss
 * is loaded, which reads it.
 */
function limitOpenMp(): void {
  process.env.OMP_NUM_THREADS ??= '1'
}
