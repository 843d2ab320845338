import { describe, expect, test } from 'vitest'
import { albumModel } from '../../../../../electron/engine/retrieval/calibration/album-model.ts'
import type { AlbumPairs } from '../../../../../electron/engine/retrieval/calibration/album-pairs.ts'
import {
  fitKindModel,
  type Pair,
} from '../../../../../electron/engine/retrieval/calibration/fit-kind-model.ts'
import {
  logOdds,
  neighbourModel,
  type KindModel,
} from '../../../../../electron/engine/retrieval/calibration/kind-model.ts'
import { Random } from '../../../../../electron/shared/random.ts'

const truth: KindModel = { score: 12, contrast: 0.4, offset: -7 }

const probability = (model: KindModel, { score, contrast }: Pair): number =>
  1 / (1 + Math.exp(-logOdds(model, score, contrast)))

/** Queries of albums whose pairs are of the same kind as often as a model says. */
function drawn(model: KindModel, seed: string, albums = 12): AlbumPairs[] {
  const random = new Random(seed)
  return Array.from({ length: albums * 12 }, (_, n) => ({
    album: n % albums,
    pairs: Array.from({ length: 60 }, () => {
      const pair = { score: random.next(), contrast: random.between(0, 6), same: false, weight: 1 }
      const same = random.next() < probability(model, pair)
      return { ...pair, same }
    }),
  }))
}

/** The mean difference, by tenths, between what is said and what is. */
function calibrationError(model: KindModel, pairs: readonly Pair[]): number {
  const bins = Array.from({ length: 10 }, () => ({ said: 0, was: 0 }))
  for (const pair of pairs) {
    const said = probability(model, pair)
    const bin = bins[Math.min(9, Math.floor(10 * said))]!
    bin.said += said
    bin.was += Number(pair.same)
  }
  return bins.reduce((sum, { said, was }) => sum + Math.abs(said - was), 0) / pairs.length
}

describe('calibration on albums', () => {
  test('says of albums that it was not fitted on how often they are right', () => {
    const model = albumModel(drawn(truth, 'fitted'))!
    const others = drawn(truth, 'others').flatMap(({ pairs }) => pairs)
    expect(calibrationError(neighbourModel, others)).toBeGreaterThan(0.05)
    expect(calibrationError(model, others)).toBeLessThan(0.02)
  })

  test('stays with the model for all libraries where that is as good, or there is too little', () => {
    expect(albumModel([])).toBeUndefined()
    expect(albumModel(drawn(truth, 'few', 3))).toBeUndefined()
    expect(fitKindModel([], neighbourModel)).toEqual(neighbourModel)
  })

  test('never lets a probability fall while the score rises', () => {
    const { score, contrast } = fitKindModel(
      drawn({ score: -9, contrast: -2, offset: 5 }, 'reversed').flatMap(({ pairs }) => pairs),
      neighbourModel,
    )
    expect(score).toBeGreaterThanOrEqual(0)
    expect(contrast).toBeGreaterThanOrEqual(0)
  })
})
