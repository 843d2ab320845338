import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  embed,
  headFromParameters,
  identityHead,
  normalise,
} from '../../../../../electron/engine/vision/head/head.ts'
import { Random } from '../../../../../electron/shared/random.ts'
import { codeOf } from '../../scratch.ts'
import { floats, parameters } from '../tiny-model.ts'

describe('head', () => {
  test('subtracts the mean, projects and scales to length 1', () => {
    const parameters = Buffer.from(Float32Array.of(1, 2, /* matrix */ 3, 0, 0, 4).buffer)
    const head = headFromParameters(parameters, 2)
    expect(head.dimension).toBe(2)
    const [x, y] = embed(head, Float32Array.of(2, 3))
    expect([x, y]).toEqual([expect.closeTo(0.6), expect.closeTo(0.8)])
  })

  test('is the product of the centred features and the matrix, whatever their lengths', () => {
    const lengths = fc.record({
      input: fc.integer({ min: 1, max: 21 }),
      dimension: fc.integer({ min: 1, max: 9 }),
    })
    const property = fc.property(lengths, fc.integer(), ({ input, dimension }, seed) => {
      const random = new Random(seed)
      const some = (count: number) => Float32Array.from({ length: count }, () => random.gauss())
      const [features, mean, matrix] = [some(input), some(input), some(input * dimension)]
      const head = headFromParameters(Buffer.from(Float32Array.of(...mean, ...matrix).buffer), input)
      const sums = Array.from({ length: dimension }, (_, j) =>
        features.reduce((sum, x, i) => sum + (x - mean[i]!) * matrix[i * dimension + j]!, 0),
      )
      const length = Math.hypot(...sums)
      // Sums that nearly cancel out lose their digits in single precision.
      fc.pre(length > 0.05)
      const embedding = embed(head, features)
      for (const [j, sum] of sums.entries()) expect(embedding[j]).toBeCloseTo(sum / length, 4)
    })
    fc.assert(property)
  })

  test('leaves a vector without direction at zero', () => {
    expect([...embed(identityHead(2), Float32Array.of(0, 0, 3, 4))]).toEqual([
      0,
      0,
      expect.closeTo(0.6),
      expect.closeTo(0.8),
    ])
  })

  test('projects the features less the mean', () => {
    const head = headFromParameters(parameters, 2)
    // (3, 1) − (1, −1) = (2, 2): 2·(1, 2, 3) + 2·(0, −1, 4) = (2, 2, 14)
    const expected = [2, 2, 14].map(value => value / Math.hypot(2, 2, 14))
    const [x, y, z] = embed(head, Float32Array.of(3, 1))
    expect([x, y, z]).toEqual(expected.map(value => expect.closeTo(value, 6) as number))
    // The mean itself has no direction.
    expect([...embed(head, Float32Array.of(1, -1))]).toEqual([0, 0, 0])
  })

  test('embeds each row by itself, to length 1, and leaves the features as they were', () => {
    const row = fc.array(fc.float({ min: -100, max: 100, noNaN: true }), { minLength: 2, maxLength: 2 })
    fc.assert(
      fc.property(fc.array(row, { maxLength: 6 }), rows => {
        for (const head of [headFromParameters(parameters, 2), identityHead(2)]) {
          const features = Float32Array.from(rows.flat())
          const together = embed(head, features)
          expect([...features]).toEqual([...Float32Array.from(rows.flat())])
          expect(together).toHaveLength(rows.length * head.dimension)
          for (const [n, one] of rows.entries()) {
            const mine = together.subarray(n * head.dimension, (n + 1) * head.dimension)
            expect([...mine]).toEqual([...embed(head, Float32Array.from(one))])
            const length = Math.hypot(...mine)
            if (Math.hypot(...one) > 1e-3 && length > 0) expect(length).toBeCloseTo(1, 4)
          }
        }
      }),
    )
  })

  test('keeps the direction of features where it is the identity', () => {
    expect([...embed(identityHead(2), Float32Array.of(-3, 4))]).toEqual([
      expect.closeTo(-0.6, 6),
      expect.closeTo(0.8, 6),
    ])
    const zero = new Float32Array(3)
    normalise(zero)
    expect([...zero]).toEqual([0, 0, 0])
  })

  test.each([
    ['no parameters', Buffer.alloc(0)],
    ['only a mean', floats(1, 2)],
    ['part of a row', floats(1, 2, 3, 4, 5)],
    ['part of a number', Buffer.concat([parameters, Buffer.of(0)])],
    ['an infinite number', floats(1, 2, 3, Infinity)],
    ['NaN', floats(NaN, 0, 1, 1, 1, 1)],
    ['part of a column', Buffer.alloc(20)],
  ])('is refused with %s', async (_, bytes) => {
    expect(await codeOf(() => headFromParameters(bytes, 2))).toBe('model-invalid')
  })
})
