import { formatDay, formatMonth, formatNumber, formatYear } from '../../locales/i18n.ts'
import type { Headings } from '../../state/grid-items.ts'

export type Period = 'day' | 'month' | 'year'

/** Returns the indices in a column of dates at which another period begins. */
export function periodStarts(dates: ArrayLike<number>, period: Period): number[] {
  const starts: number[] = []
  let bounds: readonly [from: number, to: number] | undefined
  for (let i = 0; i < dates.length; i++) {
    const date = dates[i]!
    if (bounds && date >= bounds[0] && date < bounds[1]) continue
    bounds = boundsOf(new Date(date), period)
    starts.push(i)
  }
  return starts
}

/** The period that a date lies in: its first millisecond, and the first of the next one. */
function boundsOf(date: Date, period: Period): readonly [from: number, to: number] {
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()]
  switch (period) {
    case 'day':
      return [Date.UTC(year, month, day), Date.UTC(year, month, day + 1)]
    case 'month':
      return [Date.UTC(year, month), Date.UTC(year, month + 1)]
    case 'year':
      return [Date.UTC(year, 0), Date.UTC(year + 1, 0)]
  }
}

const DAY_MILLIS = 24 * 3600 * 1000
/** Dates that span fewer days than this are grouped by day. */
const SHORT_DAYS = 62
/** With fewer photos a month than this, months are grouped by year. */
const FEW_PER_MONTH = 8

/** Returns the length of the periods to put under headings: days for a few weeks, years for few photos a month. */
export function periodFor(dates: ArrayLike<number>): Period {
  const days = Math.abs((dates[0] ?? 0) - (dates[dates.length - 1] ?? 0)) / DAY_MILLIS
  if (days < SHORT_DAYS) return 'day'
  return dates.length / (days / 30) < FEW_PER_MONTH ? 'year' : 'month'
}

const formats = { day: formatDay, month: formatMonth, year: formatYear }

/** Returns headings with the period of time that photos are from. */
export function byPeriod(dates: ArrayLike<number>): Headings {
  const period = periodFor(dates)
  const starts = periodStarts(dates, period)
  const groups = starts.map((start, group) => ({
    text: formats[period](dates[start]!),
    about: formatNumber((starts[group + 1] ?? dates.length) - start),
    year: new Date(dates[start]!).getUTCFullYear(),
  }))
  return { starts, groups }
}
