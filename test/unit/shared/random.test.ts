import { describe, expect, test } from 'vitest'
import { Random } from '../../../electron/shared/random.ts'

describe('random numbers', () => {
  test('are the same on every machine and in every version', () => {
    const take = (seed: number | string): number[] => {
      const random = new Random(seed)
      return Array.from({ length: 3 }, () => random.next() * 2 ** 32)
    }
    expect(take(1)).toEqual(reference('1', 3))
    expect(take('sunset/12')).toEqual(reference('sunset/12', 3))
    expect(take('🌸 é')).toEqual(reference('🌸 é', 3))
    expect(take(1)).toEqual(take('1'))
  })

  test('have each bit set about half of the time', () => {
    const random = new Random('bits')
    const set = Array<number>(32).fill(0)
    for (let i = 0; i < 20_000; i++) {
      const value = random.next() * 2 ** 32
      for (let bit = 0; bit < 32; bit++) set[bit]! += Math.floor(value / 2 ** bit) % 2
    }
    for (const count of set) expect(Math.abs(count / 20_000 - 0.5)).toBeLessThan(0.02)
  })

  test('do not depend on the previous one', () => {
    const random = new Random('pairs')
    const values = Array.from({ length: 20_000 }, () => random.next() - 0.5)
    const correlation = values.slice(1).reduce((sum, value, i) => sum + value * values[i]!, 0) / values.length
    expect(Math.abs(correlation * 12)).toBeLessThan(0.03)
  })

  test('stay within bounds, also if these are equal or fractional', () => {
    const random = new Random(9)
    expect(random.int(4, 4)).toBe(4)
    expect(random.between(2.5, 2.5)).toBe(2.5)
    expect(random.chance(0)).toBe(false)
    expect(random.chance(1)).toBe(true)
    expect(Number.isFinite(random.gauss())).toBe(true)
  })
})

/** sfc32 as in PractRand, in BigInt arithmetic, seeded as in the class. */
function reference(seed: string, count: number): number[] {
  const word = (value: bigint): bigint => BigInt.asUintN(32, value)
  const seeded = [0x811c9dc5n, 0x9e3779b9n, 0x85ebca6bn].map(offset => {
    let hash = offset
    for (const character of seed) hash = word((hash ^ BigInt(character.codePointAt(0)!)) * 0x01000193n)
    return hash
  })
  let [a, b, c] = seeded as [bigint, bigint, bigint]
  let counter = 1n
  const next = (): number => {
    const sum = word(a + b + counter++)
    a = b ^ (b >> 9n)
    b = word(c + (c << 3n))
    c = word(((c << 21n) | (c >> 11n)) + sum)
    return Number(sum)
  }
  for (let i = 0; i < 12; i++) next()
  return Array.from({ length: count }, next)
}
