import type { HeadId, JobId } from '../../../shared/ids.ts'
import type { Catalog } from '../../library/catalog/catalog.ts'

/**
 * What a checkpoint holds, its first byte: the training of the head that leaves out this fold, that of a whole network,
 * or a training that has ended and has only to be switched to.
 */
const DEEP = 255
const ENDED = 254

export type TrainingStage = { readonly fold: number } | 'deep'

const SAVE_EVERY_MS = 5000

/** Keeps the state of a training in the catalog, so that one that was cut off goes on. */
export class TrainingCheckpoints {
  readonly #catalog: Catalog
  readonly #job: JobId
  #savedAt = performance.now()

  constructor(catalog: Catalog, job: JobId) {
    this.#catalog = catalog
    this.#job = job
  }

  /** Returns the state of this stage, where the last checkpoint is of it. */
  read(stage: TrainingStage): Buffer | undefined {
    const stored = this.#catalog.trainings.checkpoint(this.#job)
    return stored?.[0] === byteOf(stage) ? stored.subarray(1) : undefined
  }

  /** Saves the state, unless it was saved a few seconds ago. */
  async save(stage: TrainingStage, takeState: () => Promise<Uint8Array>): Promise<void> {
    if (performance.now() - this.#savedAt < SAVE_EVERY_MS) return
    this.#savedAt = performance.now()
    const state = await takeState()
    this.#catalog.trainings.saveCheckpoint(this.#job, Buffer.concat([Uint8Array.of(byteOf(stage)), state]))
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

const byteOf = (stage: TrainingStage): number => (stage === 'deep' ? DEEP : stage.fold)
