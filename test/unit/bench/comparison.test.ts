import { describe, expect, test } from 'vitest'
import { compare } from '../../bench/checkouts/comparison.ts'
import { Random } from '../../../electron/shared/random.ts'

/** Pairs on a machine whose speed changes, but only a little within a pair. */
function pairs(ratio: number): { this: number; other: number }[] {
  const random = new Random('pairs')
  return Array.from({ length: 21 }, () => {
    const other = random.between(1, 3)
    return { this: other * ratio * random.between(0.99, 1.01), other }
  })
}

describe('comparison of checkouts', () => {
  test('finds the ratio of pairs in spite of the machine’s noise', () => {
    const { ratio, interval } = compare(pairs(1.05), 1.03)
    expect(ratio).toBeCloseTo(1.05, 1)
    expect(interval[0]).toBeGreaterThan(1.03)
    expect(interval[0]).toBeLessThanOrEqual(ratio)
    expect(interval[1]).toBeGreaterThanOrEqual(ratio)
    expect(interval[1]).toBeLessThan(1.06)
  })

  test('returns on which side of the limit the interval lies', () => {
    expect(compare(pairs(1), 1.03).outcome).toBe('within')
    expect(compare(pairs(1.05), 1.03).outcome).toBe('above')
    expect(compare(pairs(1.03), 1.03).outcome).toBe('unclear')
  })

  test('leaves the result open with too few pairs', () => {
    expect(compare(pairs(2).slice(0, 5), 1.03)).toMatchObject({ outcome: 'unclear' })
    expect(compare(pairs(2).slice(0, 6), 1.03)).toMatchObject({ outcome: 'above' })
  })

  test('takes the mean of the middle two as the median of an even number', () => {
    const ratios = [0.9, 1, 1.2, 5].map(ratio => ({ this: ratio, other: 1 }))
    expect(compare(ratios, 1.03).ratio).toBeCloseTo(1.1, 10)
  })

  test('gives the same interval for the same pairs', () => {
    expect(compare(pairs(1), 1.03)).toEqual(compare(pairs(1), 1.03))
  })
})
