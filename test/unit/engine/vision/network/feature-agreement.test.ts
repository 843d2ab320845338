import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compareFeatures } from '../../../../../electron/engine/vision/network/feature-agreement.ts'

const LENGTH = 8
const features = fc
  .array(
    fc.array(fc.float({ min: Math.fround(0.1), max: 10, noNaN: true }), {
      minLength: LENGTH,
      maxLength: LENGTH,
    }),
    { minLength: 1, maxLength: 5 },
  )
  .map(rows => Float32Array.from(rows.flat()))

describe('feature agreement', () => {
  test('holds where features are the same but for rounding', () => {
    fc.assert(
      fc.property(
        features,
        fc.float({ min: Math.fround(0.999), max: Math.fround(1.001), noNaN: true }),
        (x, scale) => {
          const { agrees, lowestCosine } = compareFeatures(
            x.map(value => value * scale),
            x,
            LENGTH,
          )
          expect(agrees).toBe(true)
          expect(lowestCosine).toBeCloseTo(1, 5)
        },
      ),
    )
  })

  test('fails where a single row differs in direction or length, or holds NaN', () => {
    const spoil = fc.constantFrom(
      (row: Float32Array) => row.fill(0),
      (row: Float32Array) => row.fill(NaN, 0, 1),
      (row: Float32Array) => row.set(row.map(value => 1.03 * value)),
      (row: Float32Array) => row.set(row.map((value, i) => (i % 2 ? value : -value))),
    )
    fc.assert(
      fc.property(features, fc.nat(), spoil, (x, n, change) => {
        const other = x.slice()
        const at = (n % (x.length / LENGTH)) * LENGTH
        change(other.subarray(at, at + LENGTH))
        expect(compareFeatures(other, x, LENGTH).agrees).toBe(false)
      }),
    )
  })

  test('returns the lowest cosine of all rows', () => {
    const reference = Float32Array.of(1, 0, 1, 0)
    const { lowestCosine } = compareFeatures(Float32Array.of(1, 0, 3, 4), reference, 2)
    expect(lowestCosine).toBeCloseTo(0.6)
  })
})
