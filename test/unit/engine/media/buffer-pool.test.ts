import { describe, expect, test } from 'vitest'
import { BufferPool } from '../../../../electron/engine/media/buffer-pool.ts'

describe('buffer pool', () => {
  test('hands out buffers that are large enough, none of them twice', () => {
    const pool = new BufferPool()
    const sizes = [0, 1, 2 ** 18, 2 ** 18 + 1, 5_000_000, 300]
    for (let round = 0; round < 3; round++) {
      const taken = sizes.map(size => pool.take(size))
      taken.forEach((buffer, i) => expect(buffer.length).toBeGreaterThanOrEqual(sizes[i]!))
      expect(new Set(taken.map(({ buffer }) => buffer)).size).toBe(sizes.length)
      for (const buffer of taken) pool.give(buffer)
    }
  })

  test('uses buffers again, the smallest that suffices', () => {
    const pool = new BufferPool()
    const [small, large] = [pool.take(1000), pool.take(3_000_000)]
    pool.give(large)
    pool.give(small)
    expect(pool.take(2_500_000)).toBe(large)
    expect(pool.take(900)).toBe(small)
  })

  test('keeps no more than its limit', () => {
    const pool = new BufferPool()
    const buffers = Array.from({ length: 4 }, () => pool.take(32 * 2 ** 20))
    for (const buffer of buffers) pool.give(buffer)
    const again = Array.from({ length: 4 }, () => pool.take(32 * 2 ** 20))
    expect(again.filter(buffer => buffers.includes(buffer))).toHaveLength(2)
  })
})
