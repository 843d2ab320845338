import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { augment, resized, usualAugmentation } from '../../../../../electron/engine/learning/deep/augment.ts'
import type { NetworkPixels } from '../../../../../electron/engine/media/decode.ts'
import { Random } from '../../../../../electron/shared/random.ts'

const none = { area: 1, aspect: 1, mirror: false, brightness: 0, contrast: 0, saturation: 0 }

function plain(size: number, colour: readonly number[]): NetworkPixels {
  return { size, rgb: Uint8Array.from({ length: size * size * 3 }, (_, i) => colour[i % 3]!) }
}

/** Lightness rises to the right, and a colour cast downwards. */
const slope: NetworkPixels = {
  size: 16,
  rgb: Uint8Array.from({ length: 16 * 16 * 3 }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % 16, Math.floor(i / 48)]
    return x * 12 + (i % 3 === 0 ? y * 3 : 10)
  }),
}

describe('augment', () => {
  test('changes nothing without an augmentation', () => {
    expect(augment(slope, 16, none, new Random(1))).toEqual(slope.rgb)
    expect(resized(slope, 16)).toBe(slope.rgb)
  })

  test('gives the same photo for the same seed, and another for another', () => {
    const draw = (seed: number): Uint8Array => augment(slope, 16, usualAugmentation, new Random(seed))
    expect(draw(1)).toEqual(draw(1))
    expect(new Set(Array.from({ length: 20 }, (_, seed) => draw(seed).join())).size).toBe(20)
  })

  test('mirrors every other photo', () => {
    const mirrored = Uint8Array.from(slope.rgb, (_, i) => {
      const [x, rest] = [Math.floor(i / 3) % 16, i - (Math.floor(i / 3) % 16) * 3]
      return slope.rgb[rest + (15 - x) * 3]!
    })
    const seen = Array.from({ length: 200 }, (_, seed) => {
      const drawn = augment(slope, 16, { ...none, mirror: true }, new Random(seed)).join()
      expect([slope.rgb.join(), mirrored.join()]).toContain(drawn)
      return drawn === mirrored.join()
    })
    expect(seen.filter(Boolean).length).toBeGreaterThan(70)
    expect(seen.filter(Boolean).length).toBeLessThan(130)
  })

  test('cuts out a part of the photo, in any size', () => {
    fc.assert(
      fc.property(fc.integer({ min: 4, max: 40 }), fc.nat(), (size, seed) => {
        const part = augment(slope, size, { ...none, area: 0.3, aspect: 2 }, new Random(seed))
        expect(part).toHaveLength(size * size * 3)
        // No lightness that is not in it, and still rising to the right.
        for (let at = 3; at < size * 3; at += 3) expect(part[at]!).toBeGreaterThanOrEqual(part[at - 3]! - 1)
        expect(Math.max(...part)).toBeLessThanOrEqual(Math.max(...slope.rgb))
        // A part of at least 30 % of the area has at least 38 % of the width.
        if (size >= 16) expect(part[(size - 1) * 3]! - part[0]!).toBeGreaterThan(0.3 * 180)
      }),
      { numRuns: 40 },
    )
  })

  test('adds no colour, edge or moiré', () => {
    const grey = augment(plain(20, [90, 120, 150]), 16, { ...none, area: 0.2, aspect: 2 }, new Random(3))
    expect(grey).toEqual(plain(16, [90, 120, 150]).rgb)
    const chess = {
      size: 32,
      rgb: Uint8Array.from(
        { length: 32 * 32 * 3 },
        (_, i) => (((Math.floor(i / 3) % 32) + Math.floor(i / 96)) % 2) * 200,
      ),
    }
    for (const value of resized(chess, 8).slice(3 * 9, -3 * 9)) expect(Math.abs(value - 100)).toBeLessThan(16)
  })

  test('changes brightness, contrast and saturation within their limits', () => {
    for (let seed = 0; seed < 50; seed++) {
      const [red, green] = augment(plain(4, [100, 50, 0]), 4, { ...none, brightness: 0.2 }, new Random(seed))
      expect(red).toBeGreaterThanOrEqual(80)
      expect(red).toBeLessThanOrEqual(120)
      expect(Math.abs(red! - 2 * green!)).toBeLessThanOrEqual(1)
      const flat = augment(
        plain(4, [100, 100, 100]),
        4,
        { ...none, contrast: 0.5, saturation: 0.5 },
        new Random(seed),
      )
      expect(flat).toEqual(plain(4, [100, 100, 100]).rgb)
      const [r, g, b] = augment(plain(4, [200, 100, 50]), 4, { ...none, saturation: 0.5 }, new Random(seed))
      expect(0.299 * r! + 0.587 * g! + 0.114 * b!).toBeCloseTo(0.299 * 200 + 0.587 * 100 + 0.114 * 50, -1)
    }
    const bright = augment(plain(4, [250, 250, 250]), 4, { ...none, brightness: 0.9 }, new Random(2))
    expect(Math.max(...bright)).toBeLessThanOrEqual(255)
  })
})
