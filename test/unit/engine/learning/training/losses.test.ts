import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { chooseBackend } from '../../../../../electron/engine/vision/tensors/backend.ts'
import {
  pairwiseDistances,
  supervisedContrastiveLoss,
  tripletLoss,
  unitRows,
  type Loss,
} from '../../../../../electron/engine/learning/training/losses.ts'
import type { Mining, Relation } from '../../../../../electron/engine/learning/training/triplets.ts'
import { Random } from '../../../../../electron/shared/random.ts'

beforeAll(async () => {
  expect(await chooseBackend(['cpu'])).toMatchObject({ backend: 'cpu' })
})

const SIZE = 9
const LENGTH = 5

type Rows = readonly (readonly number[])[]

/** A batch of three albums, with some pairs of which nothing is known and one that was said not to belong together. */
const relation: Relation = (() => {
  const positive = new Uint8Array(SIZE * SIZE)
  const negative = new Uint8Array(SIZE * SIZE)
  for (let a = 0; a < SIZE; a++)
    for (let b = 0; b < SIZE; b++) {
      if (a === b || a + b === 11) continue
      const together = a % 3 === b % 3 && a + b !== 3
      ;(together ? positive : negative)[a * SIZE + b] = 1
    }
  return { size: SIZE, positive, negative }
})()

function rows(seed: number): number[][] {
  const random = new Random(`rows ${seed}`)
  return Array.from({ length: SIZE }, () => Array.from({ length: LENGTH }, () => random.gauss()))
}

const unit = (vector: readonly number[]): number[] => vector.map(value => value / Math.hypot(...vector))
const distance = (a: readonly number[], b: readonly number[]): number =>
  Math.hypot(...a.map((value, i) => value - b[i]!))
const others = (flags: Uint8Array, row: number): number[] =>
  Array.from({ length: SIZE }, (_, i) => i).filter(i => i !== row && flags[row * SIZE + i] === 1)
const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length

/** The formulas as the papers have them, in double precision. */
const naive = {
  triplet: (mining: Mining, term: (difference: number) => number) => (rows: Rows) => {
    const embeddings = rows.map(unit)
    const terms: number[] = []
    for (let a = 0; a < SIZE; a++) {
      const near = others(relation.positive, a).map(p => distance(embeddings[a]!, embeddings[p]!))
      const far = others(relation.negative, a).map(n => distance(embeddings[a]!, embeddings[n]!))
      if (near.length === 0 || far.length === 0) continue
      if (mining === 'batch-hard') terms.push(term(Math.max(...near) - Math.min(...far)))
      else
        for (const d of near) {
          const beyond = far.filter(value => value > d)
          terms.push(term(d - (beyond.length > 0 ? Math.min(...beyond) : Math.max(...far))))
        }
    }
    return mean(terms)
  },
  contrastive: (temperature: number) => (rows: Rows) => {
    const embeddings = rows.map(unit)
    const similarity = (a: number, b: number): number =>
      embeddings[a]!.reduce((sum, value, i) => sum + value * embeddings[b]![i]!, 0) / temperature
    const terms: number[] = []
    for (let a = 0; a < SIZE; a++) {
      const near = others(relation.positive, a)
      if (near.length === 0) continue
      const all = Array.from({ length: SIZE }, (_, i) => i).filter(i => i !== a)
      const total = Math.log(all.reduce((sum, b) => sum + Math.exp(similarity(a, b)), 0))
      terms.push(mean(near.map(p => total - similarity(a, p))))
    }
    return mean(terms)
  },
}

const soft = (s: number) => (x: number) => Math.log(1 + Math.exp(s * x)) / s
const hinge = (margin: number) => (x: number) => Math.max(0, x + margin)

const losses: [string, Loss, (rows: Rows) => number][] = [
  ['batch-hard', tripletLoss('batch-hard', 0.2), naive.triplet('batch-hard', hinge(0.2))],
  ['batch-hard, wide margin', tripletLoss('batch-hard', 1), naive.triplet('batch-hard', hinge(1))],
  ['semi-hard', tripletLoss('semi-hard', 0.2), naive.triplet('semi-hard', hinge(0.2))],
  ['soft margin', tripletLoss('batch-hard', { soft: 1 }), naive.triplet('batch-hard', soft(1))],
  ['sharp soft margin', tripletLoss('semi-hard', { soft: 20 }), naive.triplet('semi-hard', soft(20))],
  ['contrastive', supervisedContrastiveLoss(0.1), naive.contrastive(0.1)],
  ['contrastive, warm', supervisedContrastiveLoss(1), naive.contrastive(1)],
]

const seeds = [1, 2, 3, 4, 5]

describe.each(losses)('loss %s', (_, loss, formula) => {
  const value = (rows: Rows): tf.Scalar => loss(unitRows(tf.tensor2d(rows.map(row => [...row]))), relation)

  test.each(seeds)('has the value of its formula (%i)', seed => {
    const at = rows(seed)
    expect(tf.tidy(() => value(at).dataSync()[0])).toBeCloseTo(formula(at), 4)
  })

  test.each(seeds)('has the slope of its formula (%i)', seed => {
    const at = rows(seed)
    const gradient = tf.tidy(() =>
      tf
        .grad(x => loss(unitRows(x as tf.Tensor2D), relation))(tf.tensor2d(at))
        .dataSync<'float32'>(),
    )
    const h = 1e-6
    const moved = (i: number, by: number): number =>
      formula(at.map((row, r) => row.map((v, c) => (r * LENGTH + c === i ? v + by : v))))
    const slopes = Array.from(gradient, (_, i) => (moved(i, h) - moved(i, -h)) / (2 * h))
    expect(Math.max(...slopes.map(Math.abs))).toBeGreaterThan(0.001)
    for (const [i, slope] of slopes.entries()) expect(gradient[i]).toBeCloseTo(slope, 3)
  })

  test('leaks no tensors', () => {
    const before = tf.memory().numTensors
    tf.tidy(() => value(rows(1)).dataSync())
    const embeddings = unitRows(tf.tensor2d(rows(1)))
    loss(embeddings, relation).dispose()
    embeddings.dispose()
    expect(tf.memory().numTensors).toBeLessThanOrEqual(before + 1)
  })

  test('is finite where photos are the same, and without any label', () => {
    const same = rows(1).map(() => [1, 2, 3, 4, 5])
    const nothing = { size: SIZE, positive: new Uint8Array(SIZE ** 2), negative: new Uint8Array(SIZE ** 2) }
    const slope = (at: Rows, relation: Relation): number[] =>
      tf.tidy(() => [
        ...tf
          .grad(x => loss(unitRows(x as tf.Tensor2D), relation))(tf.tensor2d(at.map(row => [...row])))
          .dataSync(),
      ])
    expect(slope(same, relation).every(Number.isFinite)).toBe(true)
    expect(slope(rows(2), nothing).every(x => x === 0)).toBe(true)
    const none = tf.tidy(() => loss(unitRows(tf.tensor2d(rows(2))), nothing).dataSync()[0])
    expect(none).toBeCloseTo(0, 6)
    // A row without direction.
    expect(slope([[0, 0, 0, 0, 0], ...rows(3).slice(1)], relation).every(Number.isFinite)).toBe(true)
  })
})

describe('unitRows and pairwiseDistances', () => {
  test('give rows of length 1, and Euclidean distances', () => {
    const at = rows(7)
    const [units, distances] = tf.tidy(() => {
      const embeddings = unitRows(tf.tensor2d(at))
      return [embeddings.arraySync(), pairwiseDistances(embeddings).arraySync()]
    })
    for (const [i, row] of units.entries()) {
      expect(Math.hypot(...row)).toBeCloseTo(1, 5)
      for (const [j, other] of units.entries())
        if (i !== j) expect(distances[i]![j]).toBeCloseTo(distance(row, other), 4)
    }
  })
})
