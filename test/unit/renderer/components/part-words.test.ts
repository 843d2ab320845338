import { expect, test } from 'vitest'
import { labelWithParts, partMarks } from '../../../../renderer/components/part-words.ts'

test('parts of a photo are marked, and said in words', () => {
  expect([0, 1, 2, 3, 4, 7, 8, 10].map(partMarks)).toEqual([
    '',
    'RAW',
    'Live',
    'RAW · Live',
    'Edited',
    'RAW · Live · Edited',
    'Live',
    'Live',
  ])
  expect(labelWithParts('Photo 1 of 2', 0)).toBe('Photo 1 of 2')
  expect(labelWithParts('Photo 1 of 2', 3)).toBe('Photo 1 of 2, with a RAW file, with a film')
})
