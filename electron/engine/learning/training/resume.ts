import { asKindredError } from '../../../shared/errors.ts'
import type { TrainingStage } from './checkpoints.ts'
import type { CurvePoint, TrainingRun } from './training-run.ts'

/**
 * Goes on from the checkpoint of this stage, where there is one. One of another training (labels, folds, features or
 * parameters have changed since) is dropped, and the training begins anew.
 * @param curve receives the points up to there
 * @param restore gives the state to the thread, and returns the steps that are done
 * @returns the steps that are done
 */
export async function resumeTraining(
  { checkpoints, job, log }: TrainingRun,
  stage: TrainingStage,
  curve: CurvePoint[],
  restore: (state: Uint8Array) => Promise<number>,
): Promise<number> {
  const saved = checkpoints.read(stage)
  if (!saved) return 0
  try {
    const step = await restore(saved.state)
    curve.push(...saved.curve)
    return step
  } catch (error) {
    const { code, message } = asKindredError(error)
    if (code !== 'model-invalid') throw error
    log('info', 'A training that was cut off begins anew', { job: job.id, stage, reason: message })
    checkpoints.drop()
    return 0
  }
}
