import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  between,
  CropBox,
  moved,
  resized,
  SMALLEST,
} from '../../../../../renderer/components/large-view/crop-box.svelte.ts'

const share = fc.double({ min: -2, max: 3, noNaN: true })
const point = fc.record({ x: share, y: share })

test('a box stays inside the photo and large enough, however it is drawn, moved and resized', () => {
  fc.assert(
    fc.property(point, point, share, share, (a, b, dx, dy) => {
      const drawn = between(a, b)
      for (const { x, y, width, height } of [drawn, moved(drawn, dx, dy), resized(drawn, dx, dy)]) {
        expect(Math.min(x, y)).toBeGreaterThanOrEqual(0)
        expect(Math.min(width, height)).toBeGreaterThanOrEqual(SMALLEST - 1e-9)
        expect(Math.max(x + width, y + height)).toBeLessThanOrEqual(1 + 1e-9)
      }
      const { width, height } = moved(drawn, dx, dy)
      expect([width, height]).toEqual([drawn.width, drawn.height])
    }),
  )
})

test('arrow keys move the box, with Shift they resize it, and other keys do nothing', () => {
  const crop = new CropBox()
  crop.begin()
  expect(crop.press({ key: 'ArrowRight', shiftKey: false })).toBe(true)
  expect(crop.area).toMatchObject({ x: 0.27, width: 0.5 })
  expect(crop.press({ key: 'ArrowDown', shiftKey: true })).toBe(true)
  expect(crop.area).toMatchObject({ y: 0.25, height: 0.52 })
  expect(crop.press({ key: 'x', shiftKey: false })).toBe(false)
})
