import type { HeadId, JobId } from '../../../shared/ids.ts'
import type { CurvePoint } from './training-run.ts'
import type { Catalog } from '../../library/catalog/catalog.ts'

/**
 * What a checkpoint holds, its first byte: the training of the head that leaves out this fold, that of a whole network,
 * or a training that has ended and has only to be switched to.
 */
const DEEP = 255
const ENDED = 254

export type TrainingStage = { readonly fold: number } | 'deep'

const SAVE_EVERY_MS = 5000

/** The stage, and the length of the curve, which is JSON and stands before the state. */
const HEADER_BYTES = 5

/** What a training that was cut off goes on from. */
export interface SavedTraining {
  readonly state: Buffer
  readonly curve: readonly CurvePoint[]
}

/** Keeps the state of a training in the catalog, so that one that was cut off goes on. */
export class TrainingCheckpoints {
  readonly #catalog: Catalog
  readonly #job: JobId
  #savedAt = performance.now()

  constructor(catalog: Catalog, job: JobId) {
    this.#catalog = catalog
    this.#job = job
  }

  /** Returns state and curve of this stage, where the last checkpoint is of it. */
  read(stage: TrainingStage): SavedTraining | undefined {
    const stored = this.#catalog.trainings.checkpoint(this.#job)
    return stored?.[0] === byteOf(stage) ? unpack(stored) : undefined
  }

  /** Saves the state, unless it was saved a few seconds ago. */
  async save(
    stage: TrainingStage,
    takeState: () => Promise<Uint8Array>,
    curve: readonly CurvePoint[] = [],
  ): Promise<void> {
    if (performance.now() - this.#savedAt < SAVE_EVERY_MS) return
    this.#savedAt = performance.now()
    const state = await takeState()
    const points = Buffer.from(JSON.stringify(curve))
    const header = Buffer.alloc(HEADER_BYTES)
    header.writeUInt8(byteOf(stage))
    header.writeUInt32LE(points.length, 1)
    this.#catalog.trainings.saveCheckpoint(this.#job, Buffer.concat([header, points, state]))
  }

  /** Forgets the last checkpoint. */
  drop(): void {
    this.#catalog.trainings.dropCheckpoint(this.#job)
  }

  /** Notes that the training has ended with this head. */
  saveEnded(head: HeadId): void {
    const state = Buffer.alloc(9, ENDED)
    state.writeUInt32LE(head, 1)
    state.writeUInt32LE(this.#catalog.albums.revision, 5)
    this.#catalog.trainings.saveCheckpoint(this.#job, state)
  }

  /** Returns the head with which this training has ended, unless labels have changed since. */
  ended(): HeadId | undefined {
    const stored = this.#catalog.trainings.checkpoint(this.#job)
    if (stored?.[0] !== ENDED || stored.readUInt32LE(5) !== this.#catalog.albums.revision) return undefined
    return stored.readUInt32LE(1) as HeadId
  }
}

/** Returns undefined for a checkpoint as early releases wrote it. */
function unpack(stored: Buffer): SavedTraining | undefined {
  try {
    const from = HEADER_BYTES + stored.readUInt32LE(1)
    const curve = JSON.parse(stored.toString('utf8', HEADER_BYTES, from)) as CurvePoint[]
    return { curve, state: stored.subarray(from) }
  } catch {
    return undefined
  }
}

const byteOf = (stage: TrainingStage): number => (stage === 'deep' ? DEEP : stage.fold)
