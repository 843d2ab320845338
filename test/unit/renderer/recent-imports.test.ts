import { expect, test } from 'vitest'
import { formatImport } from '../../../renderer/locales/i18n.ts'
import { groupedByImport } from '../../../renderer/state/recent-imports.ts'

const ids = [5, 9, 2, 7]
const photos = {
  generation: 1,
  ids,
  aspects: ids,
  colors: ids,
  dates: [40, 30, 20, 10],
  durations: ids,
  damaged: [],
  parts: ids,
}
const at = (day: number): number => new Date(2026, 10, day, 18, 5).getTime()

test('photos lie under the import that brought them, in the order of the list', () => {
  const { items, headings } = groupedByImport(photos, [
    { at: at(27), ids: [7, 9], folders: ['/home/ada/Holidays'] },
    { at: at(20), ids: [2, 5], folders: [] },
  ])
  expect([items.ids, items.aspects, items.dates]).toEqual([
    [9, 7, 5, 2],
    [9, 7, 5, 2],
    [30, 10, 40, 20],
  ])
  expect(headings.starts).toEqual([0, 2])
  expect(headings.groups).toEqual([
    { text: formatImport(at(27)), about: '2 photos · from Holidays', year: 2026 },
    { text: formatImport(at(20)), about: '2 photos', year: 2026 },
  ])
})

test('photos that are not in the list are not counted, and an import without any has no heading', () => {
  const { items, headings } = groupedByImport(photos, [
    { at: at(27), ids: [77, 78], folders: ['/a'] },
    { at: at(20), ids: [77, 9], folders: ['/a', '/b'] },
  ])
  expect(items.ids).toEqual([9])
  expect(headings.groups.map(({ about }) => about)).toEqual(['1 photo · from a and b'])
})

test('many folders are counted', () => {
  const folders = ['/a', '/b', '/c', '/d', '/e']
  const { headings } = groupedByImport(photos, [{ at: at(27), ids, folders }])
  expect(headings.groups[0]!.about).toBe('4 photos · from a, b, c, and 2 other folders')
})
