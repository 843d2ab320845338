import type { Labels } from '../../../electron/engine/learning/labels/training-set.ts'
import { discriminantInit } from '../../../electron/engine/learning/training/discriminant-init.ts'
import { HeadTrainer } from '../../../electron/engine/learning/training/head-trainer.ts'
import { tripletLoss } from '../../../electron/engine/learning/training/losses.ts'
import { labelStatistics } from '../../../electron/engine/learning/training/statistics.ts'
import { optionsFor } from '../../../electron/engine/learning/training/training-options.ts'
import { sourceWithout } from '../../../electron/engine/learning/training/triplets.ts'
import type { Head } from '../../../electron/engine/vision/head/head.ts'
import { Random } from '../../../electron/shared/random.ts'
import type { TrialLibrary } from './library.ts'

/** What sets two trainings of the same library apart, besides their seeds. */
export interface Disturbance {
  /** Share of the photos of each album that are not learned from. */
  readonly forgotten: number
  /** Share of the others that are learned in a wrong album. */
  readonly mistaken: number
}

export const undisturbed: Disturbance = { forgotten: 0, mistaken: 0 }
export const strong: Disturbance = { forgotten: 0.5, mistaken: 0.2 }

/** Trains a head as the program does, one fold left out, from labels that were disturbed by the seed. */
export function trainHeadFor(
  { set, features, length, statistics, prior }: TrialLibrary,
  fold: number,
  disturbance: Disturbance,
  seed: string,
): Head {
  const { members, labels } = disturbed(sourceWithout(fold, set).members, set.labels, disturbance, seed)
  const source = {
    members,
    negatives: [],
    refused: members.map(() => []),
    notLike: new Map<number, number[]>(),
  }
  const start = discriminantInit(statistics, labelStatistics(features, members, statistics.mean), prior)
  const usual = optionsFor(set.ids.length)
  const loss = usual.loss.kind === 'triplet' ? tripletLoss(usual.loss.mining, usual.loss.margin) : undefined
  const options = { ...usual, loss: loss!, dimension: Math.min(usual.dimension, length) }
  const trainer = new HeadTrainer({ features, source, labels }, start, { ...options, seed: seedOf(seed) })
  while (!trainer.done) trainer.advance()
  const head = trainer.head()
  trainer.dispose()
  return head
}

function disturbed(
  members: readonly (readonly number[])[],
  labels: Labels,
  { forgotten, mistaken }: Disturbance,
  seed: string,
): { members: number[][]; labels: Labels } {
  const random = new Random(`disturbed ${seed}`)
  const learned = members.map((): number[] => [])
  const albumsOf = [...labels.albumsOf]
  for (const [album, rows] of members.entries()) {
    const kept = random.shuffled(rows).slice(0, Math.max(2, Math.round(rows.length * (1 - forgotten))))
    for (const row of kept) {
      const own = random.chance(mistaken) ? random.int(0, members.length - 1) : album
      learned[own]!.push(row)
      albumsOf[row] = [own]
    }
  }
  return { members: learned, labels: { ...labels, albumsOf } }
}

const seedOf = (text: string): number => new Random(text).int(0, 2 ** 30)
