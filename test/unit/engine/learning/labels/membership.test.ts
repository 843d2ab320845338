import fc from 'fast-check'
import { expect, test } from 'vitest'
import { membershipOdds, standingOf } from '../../../../../electron/engine/learning/labels/membership.ts'

const likeness = fc.double({ min: -1, max: 1, noNaN: true })
const likenesses = (least: number) => fc.array(likeness, { minLength: least, maxLength: 40 })

test('a photo that is more like an album is never less likely to belong to it, and odds stay finite', () => {
  fc.assert(
    fc.property(likenesses(0), likenesses(1), likeness, likeness, (within, outside, a, b) => {
      const standing = standingOf(within, outside)
      const [less, more] = [Math.min(a, b), Math.max(a, b)].map(value => membershipOdds(value, standing))
      expect(less).toBeLessThanOrEqual(more!)
      expect(less).toBeGreaterThanOrEqual(0)
      expect(Number.isFinite(more)).toBe(true)
    }),
  )
})

test('the same likeness tells less where the photos of the album are more alike, or those outside are as like it', () => {
  const unlike = [0.1, 0.15, 0.2, 0.25]
  const loose = membershipOdds(0.6, standingOf([0.5, 0.5, 0.55], unlike))
  expect(membershipOdds(0.6, standingOf([0.9, 0.92, 0.88], unlike))).toBeLessThan(loose)
  expect(membershipOdds(0.6, standingOf([0.5, 0.5, 0.55], [0.55, 0.6, 0.62, 0.58]))).toBeLessThan(loose)
})

test('an album of one photo has odds too', () => {
  const standing = standingOf([], [0, 0.1, 0.2])
  expect(standing.coherence).toBeUndefined()
  expect(membershipOdds(0.95, standing)).toBeGreaterThan(1)
  expect(membershipOdds(0.2, standing)).toBeLessThan(1)
})
