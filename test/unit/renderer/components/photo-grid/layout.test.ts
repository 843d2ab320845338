import { describe, expect, test } from 'vitest'
import { HEADING, PADDING } from '../../../../../renderer/components/photo-grid/layout.svelte.ts'
import { byPeriod } from '../../../../../renderer/components/photo-grid/periods.ts'
import { formatDay, formatMonth } from '../../../../../renderer/locales/i18n.ts'
import { laidOut, squares } from './made-grid.svelte.ts'

describe('photo grid layout', () => {
  const may = ['2024-05-12', '2024-05-12', '2024-05-01'].map(Date.parse)
  const years = ['2024-05-12', '2023-05-12', '2023-05-01', '2022-01-01'].flatMap(day =>
    Array.from({ length: 100 }, () => Date.parse(day)),
  )

  test('has no rows until the width is known', () => {
    const layout = laidOut(squares(7), 0)
    expect([layout.rows.count, layout.rows.height]).toEqual([0, 0])
    layout.width = 612 + 2 * PADDING
    expect([layout.rows.count, layout.rows.width]).toEqual([7, 612])
  })

  test('is one group with space above it when there are no headings', () => {
    const layout = laidOut(squares(3), 700)
    expect([layout.hasHeadings, layout.hasScrubber, layout.marks]).toEqual([false, false, []])
    expect([...layout.groups]).toEqual([0])
    expect(layout.headingOf(0)).toBeUndefined()
    expect(layout.height).toBe(layout.rows.height + 2 * PADDING)
  })

  test('puts the photos of a few weeks under days, and counts them', () => {
    const layout = laidOut(squares(3), 700, { headings: byPeriod(may) })
    expect([...layout.groups]).toEqual([0, 2])
    expect([0, 1].map(group => layout.headingOf(group)?.text)).toEqual([
      formatDay(may[0]!),
      formatDay(may[2]!),
    ])
    expect([0, 1].map(group => layout.headingOf(group)?.about)).toEqual(['2', '1'])
    expect([layout.topPadding, layout.rows.rowTop[0]]).toEqual([0, HEADING])
  })

  test('marks where each month begins, with its year, for the scrubber', () => {
    const layout = laidOut(squares(years.length), 700, { headings: byPeriod(years) })
    expect(layout.hasScrubber).toBe(true)
    expect(layout.marks.map(({ year }) => year)).toEqual([2024, 2023, 2022])
    expect(layout.marks.map(({ label }) => label)).toEqual([0, 100, 300].map(i => formatMonth(years[i]!)))
    expect(layout.marks.map(({ top }) => top)).toEqual([...layout.rows.groupTop].slice(0, 3))
  })

  test('leaves room for the scrubber only where there is one', () => {
    const without = laidOut(squares(200), 700)
    const one = laidOut(squares(100), 700, { headings: byPeriod(years.slice(0, 100)) })
    const several = laidOut(squares(400), 700, { headings: byPeriod(years) })
    expect(one.hasScrubber).toBe(false)
    expect(one.rows.width).toBe(without.rows.width)
    expect(several.rows.width).toBeLessThan(one.rows.width)
  })

  test('has no headings without photos', () => {
    expect(laidOut(squares(0), 700, { headings: byPeriod([]) }).hasHeadings).toBe(false)
  })
})
