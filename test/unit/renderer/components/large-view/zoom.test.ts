import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Zoom } from '../../../../../renderer/components/large-view/zoom.svelte.ts'

const area = { left: 8, top: 48, width: 1264, height: 672 }
const ratios = fc.constantFrom(1, 1.25, 1.5, 2, 3)
const sizes = fc.record({
  width: fc.integer({ min: 40, max: 12_000 }),
  height: fc.integer({ min: 40, max: 12_000 }),
})
const points = fc.record({
  x: fc.double({ min: 8, max: 1272, noNaN: true }),
  y: fc.double({ min: 48, max: 720, noNaN: true }),
})

function zoomed(photo: { width: number; height: number }, ratio = 1): Zoom {
  const zoom = new Zoom()
  Object.assign(zoom, { area, photo, ratio })
  return zoom
}

describe('zoom', () => {
  test('fits a photo between what covers the stage', () => {
    const { box } = zoomed({ width: 6000, height: 4000 })
    expect([box.left, box.top, Math.round(box.width), Math.round(box.height)]).toEqual([136, 48, 1008, 672])
  })

  test('at 100 % shows each pixel of the photo on one of the screen, whatever the display and the window', () => {
    fc.assert(
      fc.property(sizes, ratios, points, (photo, ratio, at) => {
        const zoom = zoomed(photo, ratio)
        zoom.to(1, at)
        expect(zoom.scale).toBe(1)
        expect(zoom.box.width * ratio).toBeCloseTo(photo.width, 6)
        for (const edge of [zoom.box.left, zoom.box.top])
          expect(Math.abs(edge * ratio - Math.round(edge * ratio))).toBeLessThan(1e-6)
      }),
    )
  })

  test('keeps the area filled by a larger photo and has a smaller one in its middle', () => {
    const moves = fc.array(
      fc.oneof(
        fc.record({ by: fc.double({ min: 0.3, max: 3, noNaN: true }), at: points }),
        fc.record({
          dx: fc.integer({ min: -3000, max: 3000 }),
          dy: fc.integer({ min: -3000, max: 3000 }),
        }),
      ),
      { maxLength: 12 },
    )
    fc.assert(
      fc.property(sizes, ratios, moves, (photo, ratio, list) => {
        const zoom = zoomed(photo, ratio)
        for (const move of list)
          if ('by' in move) zoom.by(move.by, move.at)
          else zoom.pan(move.dx, move.dy)
        const { box } = zoom
        for (const [start, length, from, room] of [
          [box.left, box.width, area.left, area.width],
          [box.top, box.height, area.top, area.height],
        ] as const)
          if (length > room) {
            expect(start).toBeLessThanOrEqual(from + 1)
            expect(start + length).toBeGreaterThanOrEqual(from + room - 1)
          } else expect(start + length / 2).toBeCloseTo(from + room / 2, -0.5)
      }),
    )
  })

  test('keeps the point under the pointer where the edges of the photo allow it', () => {
    const zoom = zoomed({ width: 6000, height: 4000 })
    const at = { x: 500, y: 300 }
    const before = zoom.shareAt(at)
    zoom.to(1, at)
    const after = zoom.shareAt(at)
    expect(after.x).toBeCloseTo(before.x, 3)
    expect(after.y).toBeCloseTo(before.y, 3)
    zoom.toggle()
    expect(zoom.isFit).toBe(true)
  })
})
