import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { assess, summarise } from '../../../../../electron/engine/learning/evaluation/metrics.ts'

describe('assess', () => {
  test('follows the definitions', () => {
    // R = 3; relevant at ranks 1 and 3: precision 1 and 2/3.
    const quality = assess([true, false, true, false, true], 3)
    expect(quality.hitAt1).toBe(1)
    expect(quality.rPrecision).toBeCloseTo(2 / 3)
    expect(quality.averagePrecisionAtR).toBeCloseTo((1 + 2 / 3) / 3)
  })

  test('is 1 where all relevant photos come first, and 0 where none is found', () => {
    expect(assess([true, true, false], 2)).toEqual({
      hitAt1: 1,
      hitAt10: 1,
      rPrecision: 1,
      averagePrecisionAtR: 1,
    })
    expect(assess(Array<boolean>(20).fill(false), 4).averagePrecisionAtR).toBe(0)
    expect(assess([...Array<boolean>(9).fill(false), true], 1)).toMatchObject({
      hitAt1: 0,
      hitAt10: 1,
      rPrecision: 0,
    })
  })

  test('never has MAP@R above R-precision, nor either outside 0…1', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 60 }), relevant => {
        const quality = assess(relevant, relevant.length)
        expect(quality.averagePrecisionAtR).toBeLessThanOrEqual(quality.rPrecision + 1e-12)
        expect(quality.rPrecision).toBeLessThanOrEqual(1)
      }),
    )
  })

  test('has an interval around the mean, the same each time', () => {
    const queries = Array.from({ length: 400 }, (_, i) => assess([i % 3 === 0, i % 2 === 0], 2))
    const first = summarise(queries)
    const [low, high] = first.interval.mapAtR
    expect(low).toBeLessThan(first.mapAtR)
    expect(high).toBeGreaterThan(first.mapAtR)
    expect(high - low).toBeLessThan(0.12)
    expect(summarise(queries)).toEqual(first)
  })
})
