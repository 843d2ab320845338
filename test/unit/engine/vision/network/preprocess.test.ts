import { describe, expect, test } from 'vitest'
import type { NetworkCard } from '../../../../../electron/engine/vision/network/model-card.ts'
import { toInputTensor } from '../../../../../electron/engine/vision/network/preprocess.ts'

type Input = NetworkCard['input']

const IMAGENET: Pick<Input, 'mean' | 'std'> = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] }

const inputOf = (size: number, { mean, std }: Pick<Input, 'mean' | 'std'>): Input => ({
  name: 'in',
  layout: 'NCHW',
  type: 'float32',
  size,
  range: [0, 1],
  mean,
  std,
  crop: 'short side to size, bicubic, centre square',
})

describe('preprocessing', () => {
  const input = inputOf(2, IMAGENET)

  test('returns the golden values, channel after channel', () => {
    const rgb = Uint8Array.of(0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 128, 255)
    const tensor = toInputTensor(rgb, 1, input)
    const golden = [
      [-2.1179, 2.2489, 2.2489, -2.1179],
      [-2.0357, 2.4286, -2.0357, 0.2052],
      [-1.8044, 2.64, -1.8044, 2.64],
    ].flat()
    expect(tensor).toHaveLength(12)
    for (const [i, value] of golden.entries()) expect(tensor[i]).toBeCloseTo(value, 3)
  })

  test('keeps the images of a batch apart', () => {
    const one = Uint8Array.from({ length: 12 }, (_, i) => i * 20)
    const two = Uint8Array.from({ length: 12 }, (_, i) => 255 - i * 9)
    const batch = toInputTensor(Uint8Array.of(...one, ...two), 2, input)
    expect(batch.subarray(0, 12)).toEqual(toInputTensor(one, 1, input))
    expect(batch.subarray(12)).toEqual(toInputTensor(two, 1, input))
  })

  test('puts each value at its place: image, channel, row, column', () => {
    const input = inputOf(16, { mean: [0.5, 0.4, 0.3], std: [0.25, 0.2, 0.1] })
    const count = 2
    const rgb = Uint8Array.from({ length: count * 16 * 16 * 3 }, (_, i) => (i * 31) % 256)
    const tensor = toInputTensor(rgb, count, input)
    expect(tensor).toHaveLength(rgb.length)
    for (let n = 0; n < count; n++)
      for (let channel = 0; channel < 3; channel++)
        for (const [y, x] of [
          [0, 0],
          [0, 15],
          [7, 3],
          [15, 15],
        ] as const) {
          const value = rgb[((n * 16 + y) * 16 + x) * 3 + channel]!
          const expected = (value / 255 - input.mean[channel]!) / input.std[channel]!
          expect(tensor[((n * 3 + channel) * 16 + y) * 16 + x]).toBeCloseTo(expected, 5)
        }
  })

  test('refuses a number of bytes that does not fit', () => {
    for (const length of [0, 11, 13, 24])
      expect(() => toInputTensor(new Uint8Array(length), 1, input)).toThrow(RangeError)
    expect(toInputTensor(new Uint8Array(0), 0, input)).toHaveLength(0)
  })
})
