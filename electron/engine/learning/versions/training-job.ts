/** @file A training from the labels to a version in the catalog: collect, train, measure, store. */

import type { HeadId } from '../../../shared/ids.ts'
import type { TrainingReport } from '../../../shared/training-report.ts'
import type { JobContext } from '../../runtime/jobs/job-runner.ts'
import type { FeatureTools } from '../../vision/compute-missing-features.ts'
import { headToParameters } from '../../vision/head/head.ts'
import type { ModelCard } from '../../vision/network/model-card.ts'
import { trainDeep } from '../deep/deep-training.ts'
import { measureTraining, type Candidate, type MeasuredTraining } from '../evaluation/measure-training.ts'
import type { LayOut } from '../evaluation/report-map.ts'
import { collectInThread } from '../labels/collect-in-thread.ts'
import { keepFolds, labelledPhotos } from '../labels/collect-labels.ts'
import { computeMissingHashes, type HashTools } from '../labels/missing-hashes.ts'
import { requireEnough, splitLabelled, type TrainingSet } from '../labels/training-set.ts'
import { TrainingCheckpoints } from '../training/checkpoints.ts'
import { trainHead } from '../training/head-training.ts'
import { startTrainThread } from '../training/train-thread.ts'
import type { TrainingTools } from '../training/training-run.ts'
import type { TrainingParameters } from './training-parameters.ts'

export interface TrainingJobTools extends TrainingTools, FeatureTools, HashTools {
  /** Of the network in use. */
  readonly card: Pick<ModelCard, 'input' | 'output'>
  readonly now: () => number
}

export interface Trained {
  readonly headId: HeadId
  readonly report: TrainingReport
}

/**
 * Trains from the albums and measures the result on photos that it has not seen. The new version is entered into the
 * catalog, accepted or not; the caller switches to it.
 * @throws KindredError `no-albums`
 */
export async function runTraining(
  tools: TrainingJobTools,
  { seed, deep = false }: TrainingParameters,
  job: JobContext,
): Promise<Trained> {
  const { catalog, active } = tools
  const startedAt = performance.now()
  const checkpoints = new TrainingCheckpoints(catalog, job.id)
  const ended = endedBefore(tools, checkpoints)
  if (ended) return ended
  const run = { ...tools, job, seed, checkpoints }
  const thread = startTrainThread()
  try {
    job.progress.begin('collecting')
    await computeMissingHashes(tools, labelledPhotos(catalog.albums.labels()), job)
    const set = await collectInThread(catalog.file, active.backboneId)
    keepFolds(catalog, set)
    requireEnough(set)
    const candidate = deep ? await trainDeep(run, set) : await trainHead(run, thread, set)
    job.progress.begin('measuring')
    const layOut: LayOut = (...layout) => thread.call('layOut', ...layout)
    const measuring = { ...tools, layOut }
    const measured = await measureTraining(measuring, set, candidate, seed, startedAt)
    return store(tools, set, candidate, measured, checkpoints)
  } finally {
    await thread.close()
  }
}

/** Returns what this job had come to before it was cut off in the switch, unless labels or version have changed. */
function endedBefore(
  { catalog, active }: TrainingJobTools,
  checkpoints: TrainingCheckpoints,
): Trained | undefined {
  const headId = checkpoints.ended()
  const report = headId && catalog.trainings.report(headId)
  return report?.previous === active.name ? { headId: headId!, report } : undefined
}

function store(
  { catalog }: TrainingJobTools,
  set: TrainingSet,
  { kind, space }: Candidate,
  measured: MeasuredTraining,
  checkpoints: TrainingCheckpoints,
): Trained {
  const { backboneId, head } = space
  return catalog.transaction(() => {
    const model = catalog.models.freeName(kind)
    const report: TrainingReport = { ...measured, model }
    const parameters = headToParameters(head)
    const headId = catalog.models.addHead(backboneId, model, head.dimension, parameters, report.createdAt)
    catalog.trainings.add(headId, report, splitLabelled(set).learned)
    checkpoints.saveEnded(headId)
    return { headId, report }
  })
}
