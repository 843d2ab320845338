import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  FEWEST_RESULTS,
  sensibleEnd,
} from '../../../../../electron/engine/retrieval/calibration/sensible-end.ts'

const falling = fc
  .array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 80 })
  .map(values => values.sort((a, b) => b - a))

describe('sensible end', () => {
  test('has a handful at least and all at most, and says where it lies', () => {
    fc.assert(
      fc.property(falling, probabilities => {
        const { count, reason } = sensibleEnd(probabilities)
        expect(count).toBeGreaterThanOrEqual(Math.min(FEWEST_RESULTS, probabilities.length))
        expect(count).toBeLessThanOrEqual(probabilities.length)
        expect(reason === 'all').toBe(count === probabilities.length)
        if (count > FEWEST_RESULTS) expect(probabilities[count - 1]).toBeGreaterThanOrEqual(0.5)
        if (reason === 'probability') expect(probabilities[count]).toBeLessThan(0.5)
        if (reason === 'gap')
          expect(probabilities[count - 1]! - probabilities[count]!).toBeGreaterThanOrEqual(0.25)
      }),
    )
  })

  test('does not move when less likely photos follow', () => {
    fc.assert(
      fc.property(
        falling,
        fc.array(fc.double({ min: 0, max: 0.49, noNaN: true }), { minLength: 1 }),
        (likely, rest) => {
          const first = [...likely, 0.49]
          const more = [...first, ...rest].sort((a, b) => b - a)
          if (first.length > FEWEST_RESULTS && sensibleEnd(first).reason !== 'all')
            expect(sensibleEnd(more)).toEqual(sensibleEnd(first))
        },
      ),
    )
  })

  test('lies at a gap before the probability falls under a half', () => {
    const near = Array.from({ length: 12 }, (_, i) => 0.99 - i / 1000)
    expect(sensibleEnd([...near, 0.6, 0.55, 0.52, 0.1])).toEqual({ count: 12, reason: 'gap' })
    expect(sensibleEnd([...near, 0.97, 0.96, 0.3])).toEqual({ count: 14, reason: 'probability' })
    expect(sensibleEnd(near)).toEqual({ count: 12, reason: 'all' })
    expect(sensibleEnd([])).toEqual({ count: 0, reason: 'all' })
  })
})
