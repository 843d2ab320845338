import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { identityHead } from '../../../../../electron/engine/vision/head/head.ts'
import { chooseBackend } from '../../../../../electron/engine/vision/tensors/backend.ts'
import {
  HeadTrainer,
  type HeadOptions,
} from '../../../../../electron/engine/learning/training/head-trainer.ts'
import {
  supervisedContrastiveLoss,
  tripletLoss,
} from '../../../../../electron/engine/learning/training/losses.ts'
import type { DiscriminantInit } from '../../../../../electron/engine/learning/training/discriminant-init.ts'
import { codeOf } from '../../scratch.ts'
import { labelsOf, makeFeatures, recallAt1, sourceOf } from '../made-features.ts'

beforeAll(async () => {
  await chooseBackend(['cpu'])
})

const made = makeFeatures()
const problem = { features: made.features, source: sourceOf(made), labels: labelsOf(made) }

/** The features as they are, so that all that is gained comes from the training. */
const plain: DiscriminantInit = {
  mean: new Float32Array(made.length).fill(1),
  basis: Float32Array.from({ length: made.length ** 2 }, (_, i) => (i % (made.length + 1) === 0 ? 1 : 0)),
}

const options: HeadOptions = {
  loss: tripletLoss('semi-hard', 0.2),
  dimension: 8,
  steps: 120,
  seed: 1,
  albumsPerBatch: 8,
  photosPerAlbum: 4,
  learningRate: 0.02,
}

function trained(changed: Partial<HeadOptions> = {}): {
  head: ReturnType<HeadTrainer['head']>
  losses: number[]
} {
  const trainer = new HeadTrainer(problem, plain, { ...options, ...changed })
  const losses: number[] = []
  while (!trainer.done) losses.push(trainer.advance())
  const head = trainer.head()
  trainer.dispose()
  return { head, losses }
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

describe('head trainer', () => {
  test.each([
    ['semi-hard triplets', tripletLoss('semi-hard', 0.2), {}],
    ['batch-hard triplets', tripletLoss('batch-hard', 0.2), { learningRate: 0.01, steps: 240 }],
    ['a soft margin', tripletLoss('batch-hard', { soft: 5 }), {}],
    ['contrast', supervisedContrastiveLoss(0.1), {}],
  ])(
    'by %s lowers the loss and finds more of the same class among photos that it has not seen',
    (_, loss, changed) => {
      const { head, losses } = trained({ loss, ...changed })
      const tenth = Math.floor(losses.length / 10)
      expect(losses.every(Number.isFinite)).toBe(true)
      expect(mean(losses.slice(-tenth))).toBeLessThan(0.75 * mean(losses.slice(0, tenth)))
      const before = recallAt1(made, identityHead(made.length))
      expect(before).toBeLessThan(0.6)
      expect(recallAt1(made, head)).toBeGreaterThan(before + 0.25)
    },
  )

  test('starts from the initial projection', () => {
    const trainer = new HeadTrainer(problem, plain, { ...options, dimension: made.length })
    const { projection, ...shape } = trainer.head()
    trainer.dispose()
    expect(shape).toEqual({ inputLength: made.length, dimension: made.length })
    expect(projection!.mean).toEqual(plain.mean)
    expect(projection!.matrix).toEqual(plain.basis)
  })

  test('trains the same head for the same seed, bit by bit, and another for another', () => {
    const [one, same, other] = [
      trained({ steps: 20 }),
      trained({ steps: 20 }),
      trained({ steps: 20, seed: 2 }),
    ]
    expect(same).toEqual(one)
    expect(other.head.projection!.matrix).not.toEqual(one.head.projection!.matrix)
  })

  test.each([0, 1, 2, 5, 13, 47, 60])(
    'goes on from a checkpoint after %i steps as if it had not stopped',
    async step => {
      const short = { ...options, steps: 60 }
      const whole = trained({ steps: 60 })
      const first = new HeadTrainer(problem, plain, short)
      const losses: number[] = []
      while (first.step < step) losses.push(first.advance())
      const checkpoint = await first.checkpoint()
      // Asking changes nothing.
      if (!first.done) first.advance()
      first.dispose()
      const second = new HeadTrainer(problem, plain, short)
      await second.restore(checkpoint)
      expect(second.step).toBe(step)
      while (!second.done) losses.push(second.advance())
      expect({ head: second.head(), losses }).toEqual(whole)
      second.dispose()
    },
  )

  test('refuses the checkpoint of another training, and can be trained all the same', async () => {
    const other = new HeadTrainer(problem, plain, { ...options, dimension: 5 })
    other.advance()
    const checkpoint = await other.checkpoint()
    other.dispose()
    const trainer = new HeadTrainer(problem, plain, { ...options, steps: 20 })
    for (const wrong of [checkpoint, new Uint8Array(0), new Uint8Array(3), checkpoint.subarray(8)])
      expect(await codeOf(() => trainer.restore(wrong))).toBe('model-invalid')
    const losses: number[] = []
    while (!trainer.done) losses.push(trainer.advance())
    expect({ head: trainer.head(), losses }).toEqual(trained({ steps: 20 }))
    trainer.dispose()
  })

  test('handles labels without anything to learn', () => {
    const learn = (members: readonly (readonly number[])[]): number[] => {
      const source = { ...problem.source, members, refused: members.map(() => []) }
      const trainer = new HeadTrainer({ ...problem, source }, plain, { ...options, steps: 3 })
      const losses: number[] = []
      while (!trainer.done) losses.push(trainer.advance())
      expect(trainer.head().projection!.matrix.every(Number.isFinite)).toBe(true)
      trainer.dispose()
      return losses
    }
    expect(learn([[0, 8, 16], []])).toEqual([0, 0, 0])
    expect(learn([[0], [1]])).toEqual([0, 0, 0])
    expect(learn([[], []])).toEqual([0, 0, 0])
  })

  test('leaks no tensors', () => {
    const trainer = new HeadTrainer(problem, plain, { ...options, steps: 30 })
    trainer.advance()
    const during = tf.memory().numTensors
    while (!trainer.done) trainer.advance()
    expect(tf.memory().numTensors).toBe(during)
    trainer.head()
    trainer.dispose()
    expect(tf.memory().numTensors).toBeLessThan(during)
  })
})
