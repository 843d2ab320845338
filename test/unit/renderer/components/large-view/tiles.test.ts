import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { tilesInSight } from '../../../../../renderer/components/large-view/tiles.ts'
import { previewSize } from '../../../../../renderer/components/large-view/preview.ts'
import { TILE_EDGE } from '../../../../../electron/shared/media-url.ts'

const stage = { width: 1280, height: 800 }

describe('tiles in sight', () => {
  test('cover what is in sight of the photo, are sharp enough, and are few', () => {
    const photos = fc.record({
      width: fc.integer({ min: 1, max: 30_000 }),
      height: fc.integer({ min: 1, max: 30_000 }),
    })
    const places = fc.record({
      scale: fc.double({ min: 0.05, max: 8, noNaN: true }),
      left: fc.integer({ min: -20_000, max: 1200 }),
      top: fc.integer({ min: -20_000, max: 700 }),
      ratio: fc.constantFrom(1, 1.5, 2),
    })
    fc.assert(
      fc.property(photos, places, (photo, { scale, left, top, ratio }) => {
        const perPixel = scale / ratio
        const box = { left, top, width: photo.width * perPixel, height: photo.height * perPixel }
        const tiles = tilesInSight(photo, box, stage, ratio)
        const seen = (start: number, length: number, room: number): number =>
          Math.max(0, Math.min(room, start + length) - Math.max(0, start))
        const area = tiles.reduce(
          (sum, tile) =>
            sum +
            seen(left + tile.left, tile.width, stage.width) * seen(top + tile.top, tile.height, stage.height),
          0,
        )
        const inSight = seen(left, box.width, stage.width) * seen(top, box.height, stage.height)
        expect(area).toBeCloseTo(inSight, 1)
        for (const { level, width, column } of tiles) {
          const pixels =
            Math.min(TILE_EDGE * 2 ** level, photo.width - column * TILE_EDGE * 2 ** level) / 2 ** level
          if (level > 0) expect(pixels).toBeGreaterThanOrEqual(width * ratio * 0.999)
        }
        expect(tiles.length).toBeLessThanOrEqual(((1280 * ratio) / 512 + 2) * ((800 * ratio) / 512 + 2))
      }),
    )
  })
})

describe('preview', () => {
  test.each([
    [1.5, 1, 1280],
    [1.5, 2, 2560],
    [0.5, 1, 1280],
    [4, 3, 5120],
    [1, 9, 5120],
  ])('of a photo %d times as wide as high, with %d device pixels a pixel, has %d', (aspect, ratio, size) => {
    expect(previewSize(aspect, { width: 1264, height: 672 }, ratio)).toBe(size)
  })
})
