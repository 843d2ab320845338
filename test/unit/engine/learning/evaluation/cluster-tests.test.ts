import { describe, expect, test } from 'vitest'
import {
  clusterPValue,
  clusterSums,
  signFlipPValue,
} from '../../../../../electron/engine/learning/evaluation/cluster-tests.ts'
import { studentTail } from '../../../../../electron/engine/learning/evaluation/student.ts'
import { Random } from '../../../../../electron/shared/random.ts'

const LIMIT = 0.01

/** The share of draws, the mean of which is nothing, with a p-value of at most this. */
async function share(
  limit: number,
  pValue: (sums: Float64Array) => number | Promise<number>,
  draw: (random: Random) => number[],
): Promise<number> {
  const draws = 1000
  let count = 0
  for (let time = 0; time < draws; time++)
    if ((await pValue(Float64Array.from(draw(new Random(`draw ${time}`))))) <= limit) count++
  return count / draws
}

describe('clusterSums', () => {
  test('adds up what belongs together', () => {
    expect([...clusterSums(Float64Array.of(1, 2, 3, 4), Int32Array.of(1, 0, 1, 2))]).toEqual([2, 4, 4])
    expect([...clusterSums(new Float64Array(0), new Int32Array(0))]).toEqual([])
  })
})

describe('signFlipPValue', () => {
  test('is one in 2ⁿ for n clusters that all gain alike', async () => {
    for (const n of [1, 3, 5, 10, 14])
      expect(await signFlipPValue(new Float64Array(n).fill(0.1), LIMIT)).toBe(1 / 2 ** n)
  })

  test('is 1 where nothing differs, and never 0', async () => {
    expect(await signFlipPValue(Float64Array.of(0, 0, 0), LIMIT)).toBe(1)
    expect(await signFlipPValue(new Float64Array(0), LIMIT)).toBe(1)
    expect(await signFlipPValue(new Float64Array(60).fill(0.3), LIMIT)).toBeGreaterThan(0)
  })

  test('can be as small as the limit asks, however small that is', async () => {
    expect(await signFlipPValue(new Float64Array(60).fill(0.3), 0.0001)).toBeLessThan(0.0001)
  })

  test('lets the event loop turn, and stops where it is certainly larger', async () => {
    let turns = 0
    const timer = setInterval(() => turns++, 0)
    const steady = await signFlipPValue(new Float64Array(2000).fill(1), 0.001)
    clearInterval(timer)
    expect(steady).toBeLessThan(0.001)
    expect(turns).toBeGreaterThan(10)
    const even = Float64Array.from({ length: 2000 }, (_, i) => (i % 2 ? 1 : -1))
    const started = performance.now()
    expect(await signFlipPValue(even, 1e-6)).toBeGreaterThan(0.1)
    expect(performance.now() - started).toBeLessThan(5000)
  })

  test('errs as often as it says, however uneven clusters are', async () => {
    const uneven = (random: Random): number[] => [1, 1, 2, 3, 5, 8, 13, 21].map(size => size * random.gauss())
    expect(await share(0.05, sums => signFlipPValue(sums, LIMIT), uneven)).toBeGreaterThan(0.03)
    expect(await share(0.05, sums => signFlipPValue(sums, LIMIT), uneven)).toBeLessThan(0.07)
  })
})

describe('clusterPValue', () => {
  test('tells a steady gain of few clusters from one of a single cluster', () => {
    expect(clusterPValue(Float64Array.of(4, 5, 6, 5, 4))).toBeLessThan(0.001)
    expect(clusterPValue(Float64Array.of(25, 0, 0, 0, 0))).toBeGreaterThan(0.1)
    expect(clusterPValue(Float64Array.of(-4, -5, -6))).toBe(1)
    expect(clusterPValue(Float64Array.of(0, 0, 0))).toBe(1)
    expect(clusterPValue(Float64Array.of(5))).toBe(1)
  })

  test.each([2, 3, 5, 20])('errs no more often than it says: %i clusters, alike or not', async count => {
    const draw = (spread: (i: number) => number) => (random: Random) =>
      Array.from({ length: count }, (_, i) => spread(i) * random.gauss())
    for (const limit of [0.01, 0.025]) {
      const alike = await share(
        limit,
        clusterPValue,
        draw(() => 1),
      )
      expect(Math.abs(alike - limit)).toBeLessThan(0.015)
      expect(
        await share(
          limit,
          clusterPValue,
          draw(i => 2 ** (i % 5)),
        ),
      ).toBeLessThan(limit + 0.015)
    }
  })
})

describe('studentTail', () => {
  // From tables of Student's t.
  test.each([
    [6.314, 1, 0.05],
    [63.657, 1, 0.005],
    [2.92, 2, 0.05],
    [2.353, 3, 0.05],
    [3.747, 4, 0.01],
    [2.764, 10, 0.01],
    [2.457, 30, 0.01],
    [1.66, 99, 0.05],
  ])('exceeds %f with %i degrees of freedom with probability %f', (t, degrees, probability) => {
    expect(studentTail(t, degrees)).toBeCloseTo(probability, 4)
  })

  test('is a half at 0 and nothing at infinity', () => {
    for (const degrees of [1, 2, 3, 8]) {
      expect(studentTail(0, degrees)).toBe(0.5)
      expect(studentTail(Infinity, degrees)).toBeCloseTo(0, 12)
    }
  })
})
