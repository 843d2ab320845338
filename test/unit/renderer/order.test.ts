import { expect, test } from 'vitest'
import { arrange } from '../../../renderer/state/order.ts'

const photos = {
  generation: 1,
  ids: [5, 9, 2],
  aspects: [1.5, 1, 2],
  colors: [5, 9, 2],
  dates: [30, 20, 10],
  durations: [0, 8, 0],
  damaged: [],
  parts: [1, 0, 2],
}

test('photo order: arranges all columns alike', () => {
  expect(arrange(photos, 'newest')).toBe(photos)
  expect(arrange(photos, 'oldest')).toEqual({
    ids: [2, 9, 5],
    aspects: [2, 1, 1.5],
    colors: [2, 9, 5],
    dates: [10, 20, 30],
    durations: [0, 8, 0],
    parts: [2, 0, 1],
  })
})

test('photo order: leaves out all but some', () => {
  expect(arrange(photos, 'newest', new Set([2, 5, 77]))).toMatchObject({ ids: [5, 2], dates: [30, 10] })
  expect(arrange(photos, 'oldest', new Set([2, 5])).ids).toEqual([2, 5])
  expect(arrange(photos, 'newest', new Set()).ids).toEqual([])
})
