/** @file The thread that trains a whole network (experimental). */

import { KindredError } from '../../../shared/errors.ts'
import { usualAugmentation } from './augment.ts'
import { DeepTrainer, type DeepLesson, type DeepOptions } from './deep-trainer.ts'
import { chooseBackend, type Backend } from '../../vision/tensors/backend.ts'
import { tripletLoss } from '../training/losses.ts'
import type { LossChoice } from '../training/training-options.ts'
import { relate } from '../training/triplets.ts'
import { serveWorker, Transferred } from '../../runtime/threads/rpc.ts'
import type { Labels } from '../labels/training-set.ts'

export interface DeepTask extends Pick<DeepLesson, 'model' | 'card' | 'head' | 'classes'> {
  /** RGB squares of the network's size, one after the other. */
  readonly rgb: Uint8Array
  /** The row of the labels that each photo is. */
  readonly rows: readonly number[]
  readonly labels: Labels
  readonly loss: Extract<LossChoice, { kind: 'triplet' }>
}

let trainer: DeepTrainer | undefined

function current(): DeepTrainer {
  if (!trainer) throw new KindredError('internal', 'No training has begun.')
  return trainer
}

/** Trains the whole network, step by step: a step takes seconds where there is no GPU. */
const api = {
  async begin(task: DeepTask, options: Omit<DeepOptions, 'augmentation'>): Promise<Backend> {
    const { backend } = await chooseBackend()
    const { rgb, rows, labels, loss, ...lesson } = task
    const { size } = lesson.card.input
    const bytes = size * size * 3
    const triplets = tripletLoss(loss.mining, loss.margin)
    trainer = new DeepTrainer(
      {
        ...lesson,
        content: [rgb, rows, labels, loss],
        pixels: photo => ({ size, rgb: rgb.slice(photo * bytes, (photo + 1) * bytes) }),
        loss: (embeddings, _, photos) =>
          triplets(
            embeddings,
            relate(
              photos.map(photo => rows[photo]!),
              labels,
            ),
          ),
      },
      { ...options, augmentation: usualAugmentation },
    )
    return backend
  },

  step(): Promise<number> {
    return current().step()
  },

  checkpoint(): Uint8Array {
    return current().checkpoint()
  },

  /** Returns the steps that are done. */
  restore(state: Uint8Array): number {
    current().restore(state)
    return current().stepsDone
  },

  export(): Transferred<{ onnx: Uint8Array; headParameters: Uint8Array }> {
    return new Transferred(current().export(), [])
  },
}

export type DeepWorkerApi = typeof api

serveWorker(api)
