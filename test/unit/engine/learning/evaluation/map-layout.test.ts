import { describe, expect, test } from 'vitest'
import { layOut, type Layout } from '../../../../../electron/engine/learning/evaluation/map-layout.ts'
import { Random } from '../../../../../electron/shared/random.ts'

const DIMENSION = 6

/** Photos of some classes, well apart. */
function clusters(count: number, classes: number, seed: number | string = 1): Float32Array {
  const random = new Random(`clusters ${seed}`)
  const embeddings = new Float32Array(count * DIMENSION)
  for (let n = 0; n < count; n++)
    for (let i = 0; i < DIMENSION; i++)
      embeddings[n * DIMENSION + i] = (i === n % classes ? 5 : 0) + 0.3 * random.gauss()
  return embeddings
}

function expectUnitSquare({ x, y }: Layout, count: number): void {
  expect([x.length, y.length]).toEqual([count, count])
  for (const value of [...x, ...y]) {
    expect(Number.isFinite(value)).toBe(true)
    expect(value).toBeGreaterThanOrEqual(0)
    expect(value).toBeLessThanOrEqual(1)
  }
}

const distance = (a: Layout, i: number, b: Layout, j: number): number =>
  Math.hypot(a.x[i]! - b.x[j]!, a.y[i]! - b.y[j]!)

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

describe('layOut', () => {
  test.each([0, 1, 2, 3, 4, 5, 6, 15, 16, 17, 60])('places each of %i photos', count => {
    const embeddings = clusters(count, 3)
    const layout = layOut(embeddings, DIMENSION, 1)
    expectUnitSquare(layout, count)
    if (count > 1)
      expect(Math.max(...layout.x, ...layout.y) - Math.min(...layout.x, ...layout.y)).toBeGreaterThan(0.5)
    expectUnitSquare(layOut(clusters(count, 3, 'other'), DIMENSION, 1, layout), count)
  })

  test.each([2, 5, 30])('places each of %i photos that are all the same', count => {
    const layout = layOut(new Float32Array(count * DIMENSION).fill(0.4), DIMENSION, 1)
    expectUnitSquare(layout, count)
    expectUnitSquare(layOut(new Float32Array(count * DIMENSION), DIMENSION, 1, layout), count)
  })

  test('gives the same layout for the same seed, and another for another', () => {
    const embeddings = clusters(40, 4)
    expect(layOut(embeddings, DIMENSION, 7)).toEqual(layOut(embeddings, DIMENSION, 7))
    expect(layOut(embeddings, DIMENSION, 7)).not.toEqual(layOut(embeddings, DIMENSION, 8))
  })

  test('keeps similar photos together', () => {
    const layout = layOut(clusters(90, 3), DIMENSION, 1)
    const pairs = Array.from({ length: 90 }, (_, i) => i).flatMap(i =>
      Array.from({ length: i }, (_, j) => ({ same: i % 3 === j % 3, far: distance(layout, i, layout, j) })),
    )
    const average = (same: boolean): number =>
      mean(pairs.filter(pair => pair.same === same).map(({ far }) => far))
    expect(average(true)).toBeLessThan(0.5 * average(false))
  })

  test('rotates and mirrors a layout to match the one before', () => {
    const embeddings = clusters(60, 4)
    const layout = layOut(embeddings, DIMENSION, 1)
    // The same picture in every position in which it could lie.
    for (const turned of [0, 0.7, 2, 3.1, 4.5])
      for (const side of [1, -1]) {
        const [cos, sin] = [Math.cos(turned), Math.sin(turned)]
        const like: Layout = {
          x: layout.x.map((x, i) => 3 * (cos * (x - 0.5) * side - sin * (layout.y[i]! - 0.5))),
          y: layout.x.map((x, i) => 3 * (sin * (x - 0.5) * side + cos * (layout.y[i]! - 0.5)) + 20),
        }
        const over = layOut(embeddings, DIMENSION, 1, like)
        const [low, high] = [Math.min(...like.x), Math.max(...like.x)]
        const [bottom, top] = [Math.min(...like.y), Math.max(...like.y)]
        const scale = Math.max(high - low, top - bottom)
        const wanted: Layout = {
          x: like.x.map(x => (x - low + (scale - (high - low)) / 2) / scale),
          y: like.y.map(y => (y - bottom + (scale - (top - bottom)) / 2) / scale),
        }
        for (let i = 0; i < 60; i++) expect(distance(over, i, wanted, i)).toBeLessThan(0.001)
      }
  })

  test('matches the one before better than it would by itself', () => {
    const before = layOut(clusters(60, 4), DIMENSION, 1)
    const gains = ['a', 'b', 'c'].map(seed => {
      const after = clusters(60, 4, seed)
      const apart = (layout: Layout): number => mean(layout.x.map((_, i) => distance(layout, i, before, i)))
      return apart(layOut(after, DIMENSION, 2)) - apart(layOut(after, DIMENSION, 2, before))
    })
    expect(mean(gains)).toBeGreaterThan(0)
  })
})
