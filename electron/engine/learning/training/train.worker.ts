/** @file The thread that trains heads, whitens features, and lays out the map of a report. */

import { KindredError } from '../../../shared/errors.ts'
import type { Head } from '../../vision/head/head.ts'
import { chooseBackend, type Backend } from '../../vision/tensors/backend.ts'
import { HeadTrainer, type HeadProblem } from './head-trainer.ts'
import { tripletLoss, supervisedContrastiveLoss, type Loss } from './losses.ts'
import { layOut, type Layout } from '../evaluation/map-layout.ts'
import { originOf, sealed, unsealed } from './origin.ts'
import { labelStatistics, libraryStatistics } from './statistics.ts'
import type { TrainingOptions } from './training-options.ts'
import { whiteningHead } from './whitening.ts'
import { libraryPrior, discriminantInit, type LibraryStatistics } from './discriminant-init.ts'
import { serveWorker, Transferred } from '../../runtime/threads/rpc.ts'

let library: LibraryStatistics | undefined
let prior: ReturnType<typeof libraryPrior> | undefined
let trainer: HeadTrainer | undefined
let origin: Buffer = Buffer.alloc(0)

function current(): HeadTrainer {
  if (!trainer) throw new KindredError('internal', 'No training has begun.')
  return trainer
}

function lossOf({ loss }: TrainingOptions): Loss {
  return loss.kind === 'triplet'
    ? tripletLoss(loss.mining, loss.margin)
    : supervisedContrastiveLoss(loss.temperature)
}

/** Calls are served between two steps: a step blocks the thread. */
const api = {
  /**
   * Chooses the backend and loads the library's features, labelled or not.
   * @param features `count × length`
   */
  async open(features: Float32Array, length: number): Promise<Backend> {
    const { backend } = await chooseBackend()
    library = libraryStatistics(features, length)
    prior = undefined
    return backend
  },

  /** Returns a whitening head of the library that was loaded. */
  whiten(dimension: number): Head {
    if (!library) throw new KindredError('internal', 'No library was loaded.')
    return whiteningHead(library, dimension)
  },

  /** Begins a training in place of one that is under way. */
  begin(problem: HeadProblem, options: TrainingOptions, seed: number): void {
    trainer?.dispose()
    if (!library) throw new KindredError('internal', 'No library was loaded.')
    const labels = labelStatistics(problem.features, problem.source.members, library.mean)
    prior ??= libraryPrior(library)
    const start = discriminantInit(library, labels, prior)
    const { features, source, labels: relations } = problem
    // The start stands for the library: weights are in its coordinates.
    origin = originOf(features, source, relations, start.mean, start.basis, options, seed)
    trainer = new HeadTrainer(problem, start, { ...options, loss: lossOf(options), seed })
  },

  /** Takes up to `count` steps. Returns their losses. */
  advance(count: number): number[] {
    const losses: number[] = []
    while (losses.length < count && !current().done) losses.push(current().advance())
    return losses
  },

  head(): Head {
    return current().head()
  },

  async checkpoint(): Promise<Transferred<Uint8Array>> {
    const state = sealed(origin, await current().checkpoint())
    return new Transferred(state, [state.buffer])
  },

  /**
   * Returns the steps that are done.
   * @throws KindredError `model-invalid` where the checkpoint is of another training, or damaged
   */
  async restore(checkpoint: Uint8Array): Promise<number> {
    await current().restore(unsealed(origin, checkpoint))
    return current().step
  },

  layOut(embeddings: Float32Array, dimension: number, seed: number, like?: Layout): Layout {
    return layOut(embeddings, dimension, seed, like)
  },
}

export type TrainWorkerApi = typeof api

serveWorker(api)
