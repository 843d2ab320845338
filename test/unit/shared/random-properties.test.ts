import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Random } from '../../../electron/shared/random.ts'

const seeds = fc.oneof(fc.string(), fc.integer())
const take = (random: Random, count: number): number[] => Array.from({ length: count }, () => random.next())

describe('random numbers', () => {
  test('repeat for the same seed and stay in [0, 1)', () => {
    fc.assert(
      fc.property(seeds, seed => {
        const values = take(new Random(seed), 50)
        expect(take(new Random(seed), 50)).toEqual(values)
        expect(values.every(value => value >= 0 && value < 1)).toBe(true)
      }),
    )
  })

  test('differ between seeds, however similar', () => {
    const firsts = Array.from({ length: 5000 }, (_, i) => take(new Random(`scene/dunes/${i}`), 2).join())
    expect(new Set(firsts).size).toBe(5000)
  })

  test('are uniform over seeds, not only within one', () => {
    const bins = Array<number>(10).fill(0)
    for (let seed = 0; seed < 10_000; seed++) bins[Math.floor(new Random(seed).next() * 10)]!++
    for (const bin of bins) expect(Math.abs(bin - 1000)).toBeLessThan(150)
  })

  test('keep integers within both bounds and reach both', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: -50, max: 50 }), fc.nat(4), (seed, low, extra) => {
        const random = new Random(seed)
        const values = new Set(Array.from({ length: 200 }, () => random.int(low, low + extra)))
        expect([...values].sort((a, b) => a - b)).toEqual(
          Array.from({ length: extra + 1 }, (_, i) => low + i),
        )
      }),
    )
  })

  test('stay between bounds', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: -1000, max: 1000 }), fc.nat(1000), (seed, low, extra) => {
        const value = new Random(seed).between(low, low + extra)
        expect(value >= low && value <= low + extra).toBe(true)
      }),
    )
  })

  test('pick an item of a list, and throw for an empty one', () => {
    const random = new Random(1)
    expect(new Set(Array.from({ length: 100 }, () => random.pick(['a', 'b', 'c']))).size).toBe(3)
    expect(() => random.pick([])).toThrow(RangeError)
  })

  test('give normal values with mean 0 and deviation 1, and chances as given', () => {
    const random = new Random('normal')
    const values = Array.from({ length: 20_000 }, () => random.gauss())
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)
    expect(Math.abs(mean)).toBeLessThan(0.03)
    expect(Math.abs(deviation - 1)).toBeLessThan(0.03)
    const hits = Array.from({ length: 20_000 }, () => random.chance(0.3)).filter(Boolean).length
    expect(Math.abs(hits / 20_000 - 0.3)).toBeLessThan(0.015)
  })
})
