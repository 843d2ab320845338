import type { TrainingReport } from '../../../shared/training-report.ts'
import type { Catalog } from '../../library/catalog/catalog.ts'
import type { Logger } from '../../runtime/log.ts'
import type { JobContext } from '../../runtime/jobs/job-runner.ts'
import type { ModelVersion } from '../../vision/model-versions.ts'
import type { TrainingCheckpoints } from './checkpoints.ts'

/** What every kind of training works with. */
export interface TrainingTools {
  readonly catalog: Catalog
  /** The version in use, and the one that came with the program. */
  readonly active: ModelVersion
  readonly bundled: ModelVersion
  readonly log: Logger
  /** Waits for a moment while the engine is being used. */
  readonly yieldToActivity: () => Promise<void>
  /** Receives the learning curve as it grows. */
  readonly onCurve?: (live: LiveCurve) => void
}

/** One training: its tools, and its own job, seed and checkpoints. */
export interface TrainingRun extends TrainingTools {
  readonly job: JobContext
  readonly seed: number
  readonly checkpoints: TrainingCheckpoints
}

export interface LiveCurve {
  readonly steps: number
  readonly curve: TrainingReport['curve']
  readonly mapAtRBefore: number
}

/** A point of the curve while it is being measured. */
export interface CurvePoint {
  readonly step: number
  readonly loss: number
  mapAtR?: number
}
