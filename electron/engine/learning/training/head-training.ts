/** @file Trains a head on the features of the backbone in use, and runs the queries of photos that it has not seen. */

import { strideSample } from '../../../shared/stride-sample.ts'
import type { Head } from '../../vision/head/head.ts'
import { heldOutQueries } from '../evaluation/held-out-queries.ts'
import type { Candidate, ComparedResults } from '../evaluation/measure-training.ts'
import { mapAtR } from '../evaluation/metrics.ts'
import { runQueries, type RankedResult, type RetrievalProblem } from '../evaluation/retrieval-run.ts'
import { FOLDS, HELD_OUT } from '../labels/folds.ts'
import type { TrainingSet } from '../labels/training-set.ts'
import { featureRows, openLibrary, STEPS_AT_ONCE, takeSteps } from './head-steps.ts'
import { resumeTraining } from './resume.ts'
import type { TrainThread } from './train-thread.ts'
import { optionsFor, type TrainingOptions } from './training-options.ts'
import type { CurvePoint, TrainingRun } from './training-run.ts'
import { sourceWithout } from './triplets.ts'

/** With fewer labelled photos than this, every fold is measured, each by a head that has not seen it. */
const CROSS_VALIDATED = 600
/** Held-out queries that measure the curve, and how often. */
const CURVE_QUERIES = 200
const CURVE_POINTS = 12

interface Lesson {
  readonly set: TrainingSet
  readonly features: Float32Array
  readonly options: TrainingOptions
}

/** Called after each few steps. */
type OnSteps = (step: number, losses: readonly number[]) => Promise<void>

/**
 * Trains a head for each fold that is measured, leaving this fold out, and runs its queries. The head that is kept has
 * not seen fold 0.
 */
export async function trainHead(run: TrainingRun, thread: TrainThread, set: TrainingSet): Promise<Candidate> {
  const { catalog, active, bundled, job } = run
  const backend = await openLibrary(run, thread)
  const options = optionsFor(set.ids.length)
  const lesson: Lesson = { set, features: await featureRows(catalog, active, set.ids), options }
  const folds = set.ids.length < CROSS_VALIDATED ? FOLDS : 1
  job.progress.begin('training', folds * options.steps)

  const seen = catalog.trainings.seen(active.headId)
  const results: ComparedResults = { before: [], after: [], baseline: [] }
  const curve: CurvePoint[] = []
  let kept: Head | undefined
  for (let fold = HELD_OUT; fold < folds; fold++) {
    const problem = heldOutQueries(set, fold, seen)
    const before = await runQueries(catalog, active, problem, job.signal)
    const onSteps =
      fold === HELD_OUT ? recordCurve(run, thread, curve, problem, before, options.steps) : undefined
    const head = await trainFold(run, thread, lesson, fold, fold === HELD_OUT ? curve : [], onSteps)
    kept ??= head
    const after = await runQueries(catalog, { ...active, head }, problem, job.signal)
    const baseline = await runQueries(catalog, bundled, problem, job.signal)
    results.before.push(...before)
    results.after.push(...after)
    results.baseline.push(...baseline)
  }
  const space = { backboneId: active.backboneId, head: kept! }
  return { kind: 'trained', space, results, folds, backend, curve }
}

async function trainFold(
  run: TrainingRun,
  thread: TrainThread,
  { set, features, options }: Lesson,
  fold: number,
  curve: CurvePoint[],
  onSteps?: OnSteps,
): Promise<Head> {
  const { job, seed, checkpoints } = run
  const problem = { features, source: sourceWithout(fold, set), labels: set.labels }
  await thread.call('begin', problem, options, seed)
  let step = await resumeTraining(run, { fold }, curve, state => thread.call('restore', state))
  job.progress.advance(step)
  while (step < options.steps) {
    await job.checkpoint()
    const losses = await takeSteps(run, thread)
    step += losses.length
    await onSteps?.(step, losses)
    await checkpoints.save({ fold }, () => thread.call('checkpoint'), curve)
  }
  return thread.call('head')
}

/** Returns what adds a point to the curve after each few steps, with MAP@R on some of the queries now and then. */
function recordCurve(
  { catalog, active, job, onCurve }: TrainingRun,
  thread: TrainThread,
  curve: CurvePoint[],
  problem: RetrievalProblem,
  before: readonly RankedResult[],
  steps: number,
): OnSteps {
  const every = STEPS_AT_ONCE * Math.max(1, Math.ceil(steps / CURVE_POINTS / STEPS_AT_ONCE))
  const some = { ...problem, queries: strideSample(problem.queries, CURVE_QUERIES) }
  const mapAtRBefore = mapAtR(before)
  return async (step, losses) => {
    const point: CurvePoint = { step, loss: losses.reduce((sum, loss) => sum + loss, 0) / losses.length }
    curve.push(point)
    if (step % every < STEPS_AT_ONCE || step === steps) {
      const head = await thread.call('head')
      point.mapAtR = mapAtR(await runQueries(catalog, { ...active, head }, some, job.signal))
    }
    onCurve?.({ steps, curve, mapAtRBefore })
  }
}
