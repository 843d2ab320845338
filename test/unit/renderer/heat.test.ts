import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seenSquare, shades } from '../../../renderer/components/heat.ts'

const share = fc.double({ min: 0.05, max: 0.5, noNaN: true })

test('the network sees a square in the middle of a picture, or of a part of it', () => {
  expect(seenSquare(2)).toEqual({ x: 0.25, y: 0, width: 0.5, height: 1 })
  fc.assert(
    fc.property(
      fc.double({ min: 0.2, max: 5, noNaN: true }),
      share,
      share,
      share,
      share,
      (aspect, x, y, width, height) => {
        const seen = seenSquare(aspect, { x, y, width, height })
        expect((seen.width * aspect) / seen.height).toBeCloseTo(1, 6)
        expect(seen.x + seen.width / 2).toBeCloseTo(x + width / 2, 6)
        expect(seen.y + seen.height / 2).toBeCloseTo(y + height / 2, 6)
        expect(seen.width <= width + 1e-9 && seen.height <= height + 1e-9).toBe(true)
      },
    ),
  )
})

test('places are clear where they match and dark where they do not', () => {
  const alpha = shades({ rows: 1, columns: 4, heat: [1, 0.5, 0, -3] }, 1).filter((_, i) => i % 4 === 3)
  expect([alpha[0], alpha[2], alpha[3]]).toEqual([0, 199, 199])
  expect(alpha[1]).toBeGreaterThan(90)
})
