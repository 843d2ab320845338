import { setImmediate as nextTurn } from 'node:timers/promises'
import type { PhotoId } from '../../../shared/ids.ts'
import { strideSample } from '../../../shared/stride-sample.ts'
import { toFloat32 } from '../../library/catalog/float16.ts'
import type { Catalog } from '../../library/catalog/catalog.ts'
import { PIPELINE_VERSION } from '../../library/pipeline-version.ts'
import type { EmbeddingSpace } from '../../retrieval/index/embed-photos.ts'
import type { TrainThread } from './train-thread.ts'
import type { TrainingRun } from './training-run.ts'

/** Photos whose features stand for the library: its mean and covariance are taken from them. */
const LIBRARY_SAMPLE = 10_000
/** Features read between two turns of the event loop: a few milliseconds. */
const ROWS_AT_ONCE = 256
/** Steps in one call to the thread; between two calls it can be stopped, paused, or made to yield. */
export const STEPS_AT_ONCE = 4

/** Loads the library's features into the thread. Returns the backend that trains. */
export async function openLibrary({ catalog, active }: TrainingRun, thread: TrainThread): Promise<string> {
  const ids = catalog.features.searchableIds(active.backboneId, PIPELINE_VERSION)
  const sample = strideSample(ids, LIBRARY_SAMPLE)
  const features = await featureRows(catalog, active, sample)
  return thread.callWith([features.buffer], 'open', features, active.head.inputLength)
}

/** Takes a few steps. Returns their losses: none when the training is over. */
export async function takeSteps(
  { yieldToActivity, job }: TrainingRun,
  thread: TrainThread,
): Promise<number[]> {
  await yieldToActivity()
  const losses = await thread.call('advance', STEPS_AT_ONCE)
  job.progress.advance(losses.length)
  return losses
}

/** Returns the features of photos, `ids.length × length`. Between two parts others have their turn. */
export async function featureRows(
  catalog: Catalog,
  { backboneId, head }: EmbeddingSpace,
  ids: readonly PhotoId[],
): Promise<Float32Array<ArrayBuffer>> {
  const length = head.inputLength
  const rows = new Float32Array(ids.length * length)
  for (const [row, id] of ids.entries()) {
    if (row > 0 && row % ROWS_AT_ONCE === 0) await nextTurn()
    rows.set(toFloat32(catalog.features.get(backboneId, id, PIPELINE_VERSION)!), row * length)
  }
  return rows
}
