import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { histogramOf, withinLimits } from '../../../renderer/state/histogram.ts'

const share = fc.double({ min: 0, max: 1, noNaN: true })

describe('score histogram', () => {
  test('counts every score once, between whole percentages', () => {
    fc.assert(
      fc.property(fc.array(share, { minLength: 1, maxLength: 300 }), scores => {
        const { low, high, bins, highest } = histogramOf(scores)
        expect(bins.reduce((a, b) => a + b, 0)).toBe(scores.length)
        expect(Math.min(...scores)).toBeGreaterThanOrEqual(low)
        expect(Math.max(...scores)).toBeLessThanOrEqual(high + 1e-9)
        expect(highest).toBe(Math.max(...bins))
      }),
    )
    expect(histogramOf([])).toMatchObject({ low: 0, high: 1, highest: 0 })
  })

  test('keeps what lies within the limits, both included, as a filter would', () => {
    fc.assert(
      fc.property(fc.array(share, { maxLength: 200 }), share, share, (scores, a, b) => {
        const sorted = scores.sort((x, y) => y - x)
        const [min, max] = [Math.min(a, b), Math.max(a, b)]
        const [from, to] = withinLimits(sorted, min, max)
        expect(sorted.slice(from, to)).toEqual(sorted.filter(score => score >= min && score <= max))
      }),
    )
  })
})
