import { KindredError } from '../../shared/errors.ts'
import type { ProgressMeter } from '../jobs/progress.ts'
import type { FilePath } from '../scan/paths.ts'
import type { Found, WalkOptions } from '../scan/walk.ts'
import { WorkerClient } from '../workers/rpc.ts'
import type { ScanWorkerApi } from '../workers/scan-worker.ts'

/** Everything found below the folders, in batches, from a thread that may block on a slow disk. */
export async function* scanFolders(
  folders: readonly FilePath[],
  options: WalkOptions,
  progress: ProgressMeter,
  signal: AbortSignal,
): AsyncGenerator<Found[]> {
  const worker = new WorkerClient<ScanWorkerApi>('scan')
  const stop = (): void => void worker.close()
  signal.addEventListener('abort', stop)
  try {
    for (const folder of folders) {
      const handle = await worker.call('begin', folder, options)
      for (;;) {
        const found = await worker.call('next', handle)
        if (found.length === 0) break
        progress.advance(found.length)
        yield found
      }
    }
  } catch (error) {
    throw signal.aborted ? new KindredError('cancelled', 'The import was stopped.', { cause: error }) : error
  } finally {
    signal.removeEventListener('abort', stop)
    await worker.close()
  }
}
