// @vitest-environment jsdom
import { expect, test } from 'vitest'
import PhotoTile from '../../../../renderer/components/PhotoTile.svelte'
import { partMarks, partWords } from '../../../../renderer/components/part-words.ts'
import { show } from './shown.ts'

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
  expect(partWords(0)).toEqual([])
  expect(partWords(3)).toEqual(['with a RAW file', 'with a film'])
})

test('marks are on tiles that are wide enough for one', () => {
  const props = { index: 0, id: 1, src: '', color: 0, label: '', duration: 0, selected: false, current: true }
  const place = { scrollingFast: true, x: 0, y: 0, height: 90 }
  const marks = (parts: number, width: number): string | undefined =>
    show(PhotoTile, { ...props, ...place, parts, width }).querySelector('.parts')?.textContent
  expect([marks(8, 90), marks(8, 40), marks(0, 90)]).toEqual(['Live', undefined, undefined])
})
