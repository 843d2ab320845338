import type { BackboneId } from '../../../shared/ids.ts'
import { WorkerClient } from '../../runtime/threads/rpc.ts'
import { workerFile } from '../../runtime/threads/worker-file.ts'
import type { LabelsWorkerApi } from './labels.worker.ts'
import type { TrainingSet } from './training-set.ts'

/** `collectLabels` in a thread of its own: with thousands of labels it would hold up the engine's. */
export async function collectInThread(catalogFile: string, backbone: BackboneId): Promise<TrainingSet> {
  const thread = new WorkerClient<LabelsWorkerApi>(workerFile('labels', import.meta.url))
  try {
    await thread.call('open', catalogFile)
    return await thread.call('collect', backbone)
  } finally {
    await thread.close()
  }
}
