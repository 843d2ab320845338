import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { HeadProblem } from '../../../../../electron/engine/learning/training/head-trainer.ts'
import type { TrainingOptions } from '../../../../../electron/engine/learning/training/training-options.ts'
import {
  startTrainThread,
  type TrainThread,
} from '../../../../../electron/engine/learning/training/train-thread.ts'
import { codeOf } from '../../scratch.ts'
import { labelsOf, makeFeatures, sourceOf } from '../made-features.ts'

const made = makeFeatures()
const problem: HeadProblem = { features: made.features, source: sourceOf(made), labels: labelsOf(made) }
const options: TrainingOptions = {
  loss: { kind: 'triplet', mining: 'semi-hard', margin: 0.2 },
  ...{ dimension: 8, steps: 12, albumsPerBatch: 8, photosPerAlbum: 4, learningRate: 0.02 },
}
const SEED = 1

let thread: TrainThread
beforeAll(async () => {
  thread = startTrainThread()
  await thread.call('open', made.features, made.length)
})
afterAll(() => thread.close())

/** The state after a few steps. */
async function halfWay(): Promise<Uint8Array> {
  await thread.call('begin', problem, options, SEED)
  await thread.call('advance', 4)
  return thread.call('checkpoint')
}

describe('the checkpoint of a head', () => {
  test('is gone on from by the same training', async () => {
    await thread.call('begin', problem, options, SEED)
    await thread.call('advance', 12)
    const whole = await thread.call('head')
    const state = await halfWay()
    await thread.call('begin', problem, options, SEED)
    expect(await thread.call('restore', state)).toBe(4)
    await thread.call('advance', 12)
    expect(await thread.call('head')).toEqual(whole)
  })

  const [first = [], second = [], ...others] = problem.source.members
  const moved = first.with(0, second[0]!)
  test.each<[string, HeadProblem, TrainingOptions, number]>([
    [
      'photo held out',
      { ...problem, source: { ...problem.source, members: [first.slice(1), second, ...others] } },
      options,
      SEED,
    ],
    [
      'photo in its place',
      { ...problem, source: { ...problem.source, members: [moved, second, ...others] } },
      options,
      SEED,
    ],
    [
      'label of a photo',
      { ...problem, labels: { ...problem.labels, albumsOf: problem.labels.albumsOf.with(0, [1]) } },
      options,
      SEED,
    ],
    [
      'photo not like a photo',
      { ...problem, labels: { ...problem.labels, notLike: new Map([[0, [1]]]) } },
      options,
      SEED,
    ],
    [
      'refused suggestion',
      { ...problem, labels: { ...problem.labels, refusedBy: problem.labels.refusedBy.with(0, [1]) } },
      options,
      SEED,
    ],
    [
      'trainable album',
      { ...problem, labels: { ...problem.labels, trainable: new Set([0, 1]) } },
      options,
      SEED,
    ],
    [
      'network, and so other features',
      { ...problem, features: problem.features.map(value => 2 * value) },
      options,
      SEED,
    ],
    ['number of steps', problem, { ...options, steps: 13 }, SEED],
    ['margin', problem, { ...options, loss: { kind: 'triplet', mining: 'semi-hard', margin: 0.3 } }, SEED],
    ['seed', problem, options, SEED + 1],
  ])('is refused where there is another %s', async (_, other, changed, seed) => {
    const state = await halfWay()
    await thread.call('begin', other, changed, seed)
    expect(await codeOf(() => thread.call('restore', state))).toBe('model-invalid')
    // It begins anew.
    expect(await thread.call('advance', 20)).toHaveLength(changed.steps)
  })

  test('is refused in a library whose photos have changed: its coordinates are others', async () => {
    const state = await halfWay()
    const grown = startTrainThread()
    try {
      await grown.call('open', made.features.slice(made.length), made.length)
      await grown.call('begin', problem, options, SEED)
      expect(await codeOf(() => grown.call('restore', state))).toBe('model-invalid')
    } finally {
      await grown.close()
    }
  })

  test('is refused where it is damaged, or of a version that kept no digest', async () => {
    const state = await halfWay()
    for (const wrong of [state.slice(32), state.slice(0, -4), state.slice(0, -1), new Uint8Array(0)])
      expect(await codeOf(() => thread.call('restore', wrong))).toBe('model-invalid')
  })
})
