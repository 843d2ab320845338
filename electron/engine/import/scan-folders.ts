import { KindredError } from '../../shared/errors.ts'
import type { ProgressMeter } from '../runtime/jobs/progress.ts'
import { WorkerClient } from '../runtime/threads/rpc.ts'
import { workerFile } from '../runtime/threads/worker-file.ts'
import type { ScanQuery, ScanWorkerApi } from './scan.worker.ts'
import type { ScanDelta } from './scan-delta.ts'

/** Milliseconds that closing waits for the thread: a drive that does not respond may block it for ever. */
const CLOSING = 500

/** Yields what differs from the catalog, part by part, from a thread of its own, which a slow disk may block. */
export async function* scanFolders(
  query: ScanQuery,
  progress: ProgressMeter,
  signal: AbortSignal,
): AsyncGenerator<ScanDelta> {
  const worker = new WorkerClient<ScanWorkerApi>(workerFile('scan', import.meta.url))
  const stop = (): void => void worker.close(CLOSING)
  signal.addEventListener('abort', stop)
  try {
    await worker.call('begin', query)
    let done = false
    while (!done) {
      const delta = await worker.call('next')
      progress.advance(delta.seen)
      yield delta
      done = delta.done
    }
  } catch (error) {
    throw signal.aborted ? new KindredError('cancelled', 'The import was stopped.', { cause: error }) : error
  } finally {
    signal.removeEventListener('abort', stop)
    await worker.close(CLOSING)
  }
}
