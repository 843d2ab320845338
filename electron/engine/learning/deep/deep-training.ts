/**
 * @file Trains the whole network instead of its head alone. Experimental: it takes minutes on a GPU and hours without,
 * and only versions/ imports it.
 */

import { readFileSync } from 'node:fs'
import { strideSample } from '../../../shared/stride-sample.ts'
import { mapConcurrently } from '../../runtime/jobs/pipeline.ts'
import { computeMissingFeatures, pixelsOf, type FeatureTools } from '../../vision/compute-missing-features.ts'
import { headFromParameters } from '../../vision/head/head.ts'
import type { ModelCard } from '../../vision/network/model-card.ts'
import { heldOutQueries } from '../evaluation/held-out-queries.ts'
import { neighbourhoodSample, type Candidate } from '../evaluation/measure-training.ts'
import { mapAtR } from '../evaluation/metrics.ts'
import { runQueries } from '../evaluation/retrieval-run.ts'
import { HELD_OUT } from '../labels/folds.ts'
import { isTrainable, type TrainingSet } from '../labels/training-set.ts'
import { resumeTraining } from '../training/resume.ts'
import type { CurvePoint, TrainingRun } from '../training/training-run.ts'
import { startDeepThread } from './deep-thread.ts'
import type { DeepTask } from './deep.worker.ts'

export interface DeepRun extends TrainingRun, FeatureTools {
  readonly card: Pick<ModelCard, 'input' | 'output'>
  readonly now: () => number
}

interface TrainedNetwork {
  readonly onnx: Uint8Array
  readonly headParameters: Uint8Array
  readonly backend: string
  readonly curve: readonly CurvePoint[]
}

/** All photos are held in memory, 77 kB each at 160 px. */
const MOST_PHOTOS = 4000
const READ_AT_ONCE = 3
const FEWEST_STEPS = 60
const MOST_STEPS = 600

/** Enters the trained network into the catalog. It computes features of the photos that are measured, and no others. */
export async function trainDeep(run: DeepRun, set: TrainingSet): Promise<Candidate> {
  const { catalog, active, bundled, backbones, card, now, job } = run
  const problem = heldOutQueries(set, HELD_OUT, catalog.trainings.seen(active.headId))
  const before = await runQueries(catalog, active, problem, job.signal)
  const { onnx, headParameters, backend, curve } = await trainNetwork(run, set, mapAtR(before))

  const head = headFromParameters(Buffer.from(headParameters), active.head.inputLength)
  const backboneId = await backbones.add(catalog.models.freeName('deep'), [onnx], card, now())
  const space = { backboneId, head }
  const measured = [...set.ids, ...neighbourhoodSample(catalog, active, set)]
  await computeMissingFeatures(run, backboneId, measured, job)

  const after = await runQueries(catalog, space, problem, job.signal)
  const baseline = await runQueries(catalog, bundled, problem, job.signal)
  return { kind: 'deep', space, results: { before, after, baseline }, folds: 1, backend, curve }
}

async function trainNetwork(run: DeepRun, set: TrainingSet, mapAtRBefore: number): Promise<TrainedNetwork> {
  const { job, seed, checkpoints, yieldToActivity, onCurve } = run
  const thread = startDeepThread()
  try {
    const task = await readTask(run, set)
    const steps = Math.min(MOST_STEPS, Math.max(FEWEST_STEPS, Math.round(task.classes.length / 4)))
    const backend = await thread.call('begin', task, {
      steps,
      seed,
      classesPerBatch: 8,
      photosPerClass: 4,
      learningRate: { backbone: 1e-4, head: 1e-3 },
    })
    job.progress.begin('training', steps)
    const curve: CurvePoint[] = []
    const done = await resumeTraining(run, 'deep', curve, state => thread.call('restore', state))
    for (let step = done; step < steps; step++) {
      await job.checkpoint()
      await yieldToActivity()
      curve.push({ step: step + 1, loss: await thread.call('step') })
      job.progress.advance()
      onCurve?.({ steps, curve, mapAtRBefore })
      await checkpoints.save('deep', () => thread.call('checkpoint'), curve)
    }
    return { ...(await thread.call('export')), backend, curve }
  } finally {
    await thread.close()
  }
}

/** Reads the photos that are learned from, in the size that the network takes. */
async function readTask(run: DeepRun, set: TrainingSet): Promise<DeepTask> {
  const { active, backbones, card, job } = run
  const { input, output } = card
  const { albumsOf, trainable } = set.labels
  const learned = [...set.ids.keys()].filter(row => set.folds[row] !== HELD_OUT && isTrainable(set, row))
  const chosen = strideSample(learned, MOST_PHOTOS)
  job.progress.begin('reading', chosen.length)
  const read = mapConcurrently(chosen, READ_AT_ONCE, async row => {
    await job.checkpoint()
    return { row, pixels: await pixelsOf(run, set.ids[row]!, input.size) }
  })
  const rows: number[] = []
  const squares: Uint8Array[] = []
  for await (const { row, pixels } of read) {
    job.progress.advance()
    if (!pixels) continue
    rows.push(row)
    squares.push(pixels.rgb)
  }
  return {
    model: readFileSync(backbones.file(active.backboneId)),
    card: { input, output },
    head: active.head,
    classes: Int32Array.from(rows, row => albumsOf[row]!.find(album => trainable.has(album))!),
    rgb: Buffer.concat(squares),
    rows,
    labels: set.labels,
    loss: { kind: 'triplet', mining: 'semi-hard', margin: 0.2 },
  }
}
