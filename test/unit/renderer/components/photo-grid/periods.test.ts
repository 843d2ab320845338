import { describe, expect, test } from 'vitest'
import { periodFor, periodStarts } from '../../../../../renderer/components/photo-grid/periods.ts'

describe('photo grid periods', () => {
  const dates = ['2024-05-12', '2024-05-01', '2024-04-30', '2023-04-30'].map(Date.parse)
  const spread = (count: number, days: number): number[] =>
    Array.from({ length: count }, (_, i) => Date.UTC(2024, 0, 1) - (i * days * 86_400_000) / count)

  test('begin where the month or the day changes, in either direction', () => {
    expect(periodStarts(dates, 'month')).toEqual([0, 2, 3])
    expect(periodStarts(dates.toReversed(), 'month')).toEqual([0, 1, 2])
    expect(periodStarts([...dates, dates[3]! + 1000], 'day')).toEqual([0, 1, 2, 3])
    expect(periodStarts([], 'month')).toEqual([])
  })

  test('are as long as it takes to hold some photos', () => {
    expect(periodFor(dates.slice(0, 3))).toBe('day')
    expect(periodFor(spread(300, 3650))).toBe('year')
    expect(periodFor(spread(5000, 3650))).toBe('month')
    expect(periodStarts(spread(300, 3650), 'year')).toHaveLength(11)
  })

  test('tell dates before 1970 apart', () => {
    expect(periodStarts(['1969-12-31', '1969-12-30', '1969-11-30'].map(Date.parse), 'month')).toEqual([0, 2])
  })
})
