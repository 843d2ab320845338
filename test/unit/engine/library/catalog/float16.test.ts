import { expect, test } from 'vitest'
import { toFloat16, toFloat32 } from '../../../../../electron/engine/library/catalog/float16.ts'

test('half precision: keeps every value within a two-thousandth, at any place in memory', () => {
  const values = Float32Array.from({ length: 577 }, (_, i) => Math.sin(i) * 2 ** ((i % 20) - 12))
  const stored = toFloat16(values)
  const shifted = Buffer.concat([Buffer.from('x'), stored]).subarray(1)
  for (const read of [toFloat32(stored), toFloat32(shifted)])
    for (const [i, value] of values.entries())
      expect(Math.abs(read[i]! - value)).toBeLessThanOrEqual(Math.abs(value) / 2048 + 6e-8)
})
