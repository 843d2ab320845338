import { beforeAll, describe, expect, test } from 'vitest'
import { embed, identityHead, type Head } from '../../../../../electron/engine/vision/head/head.ts'
import { chooseBackend } from '../../../../../electron/engine/vision/tensors/backend.ts'
import {
  labelStatistics,
  libraryStatistics,
} from '../../../../../electron/engine/learning/training/statistics.ts'
import { discriminantInit } from '../../../../../electron/engine/learning/training/discriminant-init.ts'
import { Random } from '../../../../../electron/shared/random.ts'
import { makeFeatures, recallAt1, sourceOf, type MadeFeatures, type MadeOptions } from '../made-features.ts'

beforeAll(async () => {
  await chooseBackend(['cpu'])
})

/** The start as a head: learned from some photos a class, beside a library of them all. */
function startOf(made: MadeFeatures, members = sourceOf(made).members): Head {
  const library = libraryStatistics(made.features, made.length)
  const labels = labelStatistics(made.features, members, library.mean)
  const { mean, basis } = discriminantInit(library, labels)
  return { inputLength: made.length, dimension: made.length, projection: { mean, matrix: basis } }
}

describe('discriminantInit', () => {
  test.each<[string, MadeOptions]>([
    ['many photos of few classes', {}],
    ['few photos of many classes', { classes: 30, photosPerClass: 6 }],
    ['two classes', { classes: 2, photosPerClass: 40, informative: 2 }],
    ['fewer photos than directions', { classes: 4, photosPerClass: 10, informative: 4, noisy: 60 }],
  ])('finds more of the same class among photos that it has not seen: %s', (_, options) => {
    const gains = [1, 2, 3].map(seed => {
      const made = makeFeatures({ ...options, seed })
      return recallAt1(made, startOf(made)) - recallAt1(made, identityHead(made.length))
    })
    expect(gains.reduce((sum, gain) => sum + gain, 0) / gains.length).toBeGreaterThan(0.1)
  })

  test('puts the most discriminant directions first', () => {
    const made = makeFeatures()
    const whole = startOf(made)
    const { mean, matrix } = whole.projection!
    const first = (dimension: number): Head => ({
      inputLength: made.length,
      dimension,
      projection: {
        mean,
        matrix: Float32Array.from(
          { length: made.length * dimension },
          (_, i) => matrix[Math.floor(i / dimension) * made.length + (i % dimension)]!,
        ),
      },
    })
    expect(recallAt1(made, first(4))).toBeGreaterThan(0.9)
    expect(recallAt1(made, first(4))).toBeGreaterThan(recallAt1(made, first(1)))
  })

  test('does not depend on how features are scaled and shifted', () => {
    const made = makeFeatures({ photosPerClass: 10 })
    const moved = { ...made, features: made.features.map(value => 100 * value + 30) }
    expect(recallAt1(moved, startOf(moved))).toBeCloseTo(recallAt1(made, startOf(made)), 1)
  })

  const random = new Random('odd')
  const some = (count: number, length: number): Float32Array =>
    Float32Array.from({ length: count * length }, () => random.gauss())
  const copies = (count: number, length: number): Float32Array =>
    Float32Array.from({ length: count * length }, (_, i) => ((i % length) * 7919) % 13)

  test.each<[string, Float32Array, Float32Array, number[][]]>([
    [
      'albums of identical photos',
      some(60, 6),
      copies(10, 6),
      [
        [0, 1, 2, 3, 4],
        [5, 6, 7, 8, 9],
      ],
    ],
    [
      'a library of identical photos',
      copies(60, 6),
      copies(10, 6),
      [
        [0, 1, 2, 3, 4],
        [5, 6, 7, 8, 9],
      ],
    ],
    [
      'black photos alone',
      new Float32Array(360),
      new Float32Array(60),
      [
        [0, 1, 2, 3, 4],
        [5, 6, 7, 8, 9],
      ],
    ],
    ['albums of one photo', some(60, 6), some(4, 6), [[0], [1], [2], [3]]],
    ['an album without photos', some(60, 6), some(10, 6), [[], [0, 1, 2, 3], [4, 5, 6]]],
    ['no albums', some(60, 6), some(4, 6), []],
    ['a library of one photo', some(1, 6), some(1, 6), [[0]]],
    [
      'features that are always zero',
      some(60, 6).map((v, i) => (i % 6 < 3 ? 0 : v)),
      some(10, 6),
      [
        [0, 1, 2, 3, 4],
        [5, 6, 7, 8, 9],
      ],
    ],
  ])('is finite for %s', (_, library, labelled, members) => {
    const moments = libraryStatistics(library, 6)
    const { mean, basis } = discriminantInit(moments, labelStatistics(labelled, members, moments.mean))
    expect([...mean, ...basis].every(Number.isFinite)).toBe(true)
    expect(basis).toHaveLength(36)
    const head: Head = { inputLength: 6, dimension: 6, projection: { mean, matrix: basis } }
    expect(embed(head, labelled).every(Number.isFinite)).toBe(true)
  })
})

describe('statistics', () => {
  test('are mean, covariance and scatter within albums', () => {
    const length = 4
    const count = 3000
    const random = new Random('moments')
    const features = Float32Array.from(
      { length: count * length },
      (_, i) => random.gauss() * (1 + (i % length)) + 5,
    )
    const { mean, covariance } = libraryStatistics(features, length)
    const at = (row: number, i: number): number => features[row * length + i]!
    const rows = Array.from({ length: count }, (_, row) => row)
    const average = (values: readonly number[]): number =>
      values.reduce((sum, v) => sum + v, 0) / values.length
    for (let i = 0; i < length; i++) {
      expect(mean[i]).toBeCloseTo(average(rows.map(row => at(row, i))), 6)
      for (let j = 0; j < length; j++) {
        const products = rows.map(row => (at(row, i) - mean[i]!) * (at(row, j) - mean[j]!))
        expect(covariance.get(i, j)).toBeCloseTo((average(products) * count) / (count - 1), 3)
      }
    }
    const members = [[0, 1, 2], [10, 11], [], [20]]
    const labels = labelStatistics(features, members, mean)
    expect(labels.counts).toEqual([3, 2, 1])
    expect(labels.degreesOfFreedom).toBe(3)
    for (let i = 0; i < length; i++)
      for (let j = 0; j < length; j++) {
        const expected = members.flatMap(album => {
          const centre = (k: number): number => average(album.map(row => at(row, k)))
          return album.map(row => (at(row, i) - centre(i)) * (at(row, j) - centre(j)))
        })
        expect(labels.withinScatter.get(i, j)).toBeCloseTo(
          expected.reduce((sum, v) => sum + v, 0),
          3,
        )
      }
    for (const [row, album] of members.filter(album => album.length > 0).entries())
      for (let i = 0; i < length; i++)
        expect(labels.means.get(row, i)).toBeCloseTo(average(album.map(photo => at(photo, i))) - mean[i]!, 5)
  })
})
