import { describe, expect, test } from 'vitest'
import {
  errorOf,
  lookAt,
  PROMISED_ERROR,
} from '../../../../../electron/engine/learning/evaluation/error-spending.ts'

describe('lookAt', () => {
  test.each<[string, number[], number, number]>([
    ['the first training', [], 20, 1],
    ['the first after a version was accepted', [], 80, 1],
    ['each further one', [20, 20, 22], 24, 4],
    ['a training after the held-out photos have doubled', [20, 30], 40, 1],
    ['those that follow it', [20, 30, 40, 41], 79, 3],
    ['a training with fewer held-out photos than before', [40, 20], 40, 3],
  ])('counts %s', (_, earlier, heldOut, look) => {
    expect(lookAt(earlier, heldOut)).toBe(look)
  })
})

describe('errorOf', () => {
  test('spends less at each look, and no more than was promised in all', () => {
    const errors = Array.from({ length: 100_000 }, (_, i) => errorOf(i + 1))
    expect(errors.every((error, i) => error > 0 && (i === 0 || error < errors[i - 1]!))).toBe(true)
    const spent = errors.reduce((sum, error) => sum + error, 0)
    expect(spent).toBeLessThan(0.75 * PROMISED_ERROR)
    expect(spent).toBeGreaterThan(0.749 * PROMISED_ERROR)
  })
})
