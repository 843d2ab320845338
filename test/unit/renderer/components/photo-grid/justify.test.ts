import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  itemsBetween,
  justify,
  moveFrom,
  MAX_STRETCH,
} from '../../../../../renderer/components/photo-grid/justify.ts'

const shapes = fc.array(
  fc.oneof(fc.double({ min: 0.4, max: 2.5, noNaN: true }), fc.constantFrom(0.02, 12, 40)),
  {
    minLength: 1,
    maxLength: 300,
  },
)
const options = fc.record({
  width: fc.integer({ min: 200, max: 3000 }),
  rowHeight: fc.integer({ min: 80, max: 400 }),
  gap: fc.constantFrom(0, 4),
})

describe('photo grid rows', () => {
  test('keeps every photo, in order, without overlap', () => {
    fc.assert(
      fc.property(shapes, options, (aspects, given) => {
        const layout = justify(aspects, given)
        const rows = layout.rowTop.length
        expect(layout.rowStart[0]).toBe(0)
        expect(layout.rowStart[rows]).toBe(aspects.length)
        for (let row = 0; row < rows; row++) {
          const [start, end] = [layout.rowStart[row]!, layout.rowStart[row + 1]!]
          expect(end).toBeGreaterThan(start)
          if (row > 0)
            expect(layout.rowTop[row]).toBe(layout.rowTop[row - 1]! + layout.rowHeight[row - 1]! + given.gap)
          for (let i = start; i < end; i++) {
            expect(layout.rowOf[i]).toBe(row)
            if (i > start) expect(layout.left[i]).toBeGreaterThanOrEqual(layout.left[i - 1]! + given.gap)
          }
        }
      }),
    )
  })

  test('fills each row to the pixel, or leaves it unfilled where it would grow too high', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.4, max: 2.5, noNaN: true }), { minLength: 1 }),
        options,
        (aspects, given) => {
          const layout = justify(aspects, given)
          const rows = layout.rowTop.length
          for (let row = 0; row < rows; row++) {
            const last = layout.rowStart[row + 1]! - 1
            const right = layout.left[last]! + layout.itemWidth[last]!
            expect(right).toBeLessThanOrEqual(layout.width + 1)
            expect(layout.rowHeight[row]).toBeLessThanOrEqual(Math.round(given.rowHeight * MAX_STRETCH))
            const loose = layout.rowHeight[row] === given.rowHeight
            if (row < rows - 1 && !loose) expect(Math.abs(right - layout.width)).toBeLessThanOrEqual(1)
          }
        },
      ),
    )
  })

  test('keeps shapes to within a pixel', () => {
    const aspects = [1.5, 0.667, 1, 1.778, 0.75, 1.333, 1.5, 2.2]
    const layout = justify(aspects, { width: 1000, rowHeight: 200 })
    for (const [i, aspect] of aspects.entries()) {
      const height = layout.rowHeight[layout.rowOf[i]!]!
      expect(Math.abs(layout.itemWidth[i]! - aspect * height)).toBeLessThanOrEqual(2)
    }
  })

  test('gives a panorama a row of its own and does not blow up its neighbours', () => {
    const layout = justify([1.5, 20, 1.5, 1.5], { width: 1000, rowHeight: 200 })
    expect([...layout.rowOf]).toEqual([0, 1, 2, 2])
    expect([...layout.rowHeight]).toEqual([200, 50, 200])
  })

  test('does not stretch a single photo', () => {
    const layout = justify([1.5], { width: 1000, rowHeight: 200 })
    expect(layout.itemWidth[0]).toBe(300)
    expect(layout.height).toBe(200)
  })

  test('has no height without photos', () => {
    expect(justify([], { width: 1000, rowHeight: 200 }).height).toBe(0)
  })

  test('begins each group with a heading on a new row', () => {
    const layout = justify([1, 1, 1], { width: 1000, rowHeight: 200, groups: [0, 2], headingHeight: 40 })
    expect([...layout.rowTop]).toEqual([40, 284])
    expect([...layout.groupTop]).toEqual([0, 244, 488])
  })

  test('lays out 100,000 photos within a frame or two', () => {
    const aspects = Float64Array.from({ length: 100_000 }, (_, i) => 0.6 + ((i * 7919) % 100) / 70)
    justify(aspects, { width: 1200, rowHeight: 200 })
    const times = Array.from({ length: 5 }, () => {
      const start = performance.now()
      justify(aspects, { width: 1200, rowHeight: 200 })
      return performance.now() - start
    })
    expect(Math.min(...times)).toBeLessThan(30)
  })
})

describe('photo grid moves', () => {
  const layout = justify([1, 1, 1, 1, 1, 1, 1], { width: 612, rowHeight: 200 })

  test('follow the rows', () => {
    expect([...layout.rowStart]).toEqual([0, 3, 6, 7])
    expect(moveFrom(layout, 1, 'down')).toBe(4)
    expect(moveFrom(layout, 4, 'up')).toBe(1)
    expect(moveFrom(layout, 5, 'down')).toBe(6)
    expect(moveFrom(layout, 2, 'right')).toBe(3)
    expect(moveFrom(layout, 0, 'left')).toBe(0)
    expect(moveFrom(layout, 6, 'down')).toBe(6)
    expect(moveFrom(layout, 0, 'page-down', 410)).toBe(6)
    expect(moveFrom(layout, 3, 'home')).toBe(0)
    expect(moveFrom(layout, 3, 'end')).toBe(6)
  })

  test('find the photos between two heights', () => {
    expect(itemsBetween(layout, 0, 100)).toEqual([0, 3])
    expect(itemsBetween(layout, 210, 10_000)).toEqual([3, 7])
  })
})
