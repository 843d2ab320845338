/** @file Dates in the names of files and folders, for photos that have none of their own. */
import { clockMillis } from '../../library/clock-millis.ts'
import type { FileDate, FileStamp, WallClock } from '../../library/rows.ts'
import { wallClock, type DateParts } from './wall-clock.ts'

/** Before this year nobody named files by eight digits. */
const DIGITAL_YEAR = 1990
/** Folders above the file whose names count. */
const FOLDERS = 4
/** Characters of a name that are looked at. */
const LONGEST = 255

/** Between date and time: a sign, or a word as in "Screen Shot 2020-01-02 at 12.34.56". */
const BETWEEN = String.raw`(?:[T_ .-]{1,3}|\s+\p{L}{1,4}\s+)`
const TIME = String.raw`(?<hour>\d{2}|(?<=\s)\d)[.:_h-]?(?<minute>\d{2})[.:_m-]?(?<second>\d{2})(?!\d{1,2}(?!\d))(?:\s?(?<half>[AP])M)?`

const separated = new RegExp(
  String.raw`(?<!\d)(?<year>\d{4})(?<sign>[-_.])(?<month>\d{2})\k<sign>(?<day>\d{2})(?!\d)(?:${BETWEEN}${TIME})?`,
  'iu',
)
const joined = new RegExp(
  String.raw`(?<!\d)(?<year>\d{4})(?<month>\d{2})(?<day>\d{2})(?:${BETWEEN}?${TIME}|(?!\d))`,
  'iu',
)

/**
 * The date of a file by its name (`IMG-20190701-WA0001.jpg`, `Screenshot_2020-01-02-12-34-56.png`), by its folder
 * (`2019/07`, `2019-07-01 Holiday`) or by its time of change.
 * @param path as the library spells it, with `/` or `\`
 */
export function fileDate(path: string, { modifiedMs }: Pick<FileStamp, 'modifiedMs'>): FileDate {
  const parts = path.split(/[/\\]/)
  const named = dateInName(parts.pop() ?? '')
  if (named) return { ...dated(named), from: 'file name' }
  const changed = localMillis(modifiedMs)
  const folder = dateOfFolders(parts.slice(-FOLDERS))
  // What was changed in that time or before it was not taken later: copying alone makes files younger.
  if (folder && changed >= endOf(folder)) return { ...dated(folder), from: 'folder name' }
  return { millis: changed, precision: 'second', from: 'file time' }
}

/** The date in the name of a file; undefined where there is none. */
export function dateInName(name: string): WallClock | undefined {
  const text = name.slice(0, LONGEST)
  const found = separated.exec(text)?.groups
  if (found) {
    const clock = clockOf(found)
    if (clock) return clock
  }
  const digits = joined.exec(text)?.groups
  return digits && Number(digits.year) >= DIGITAL_YEAR ? clockOf(digits) : undefined
}

/** The most precise date of the folders, the nearest one first. */
function dateOfFolders(folders: readonly string[]): WallClock | undefined {
  for (let n = folders.length; n > 0; n--) {
    const clock = dateInName(folders[n - 1]!) ?? periodOf(folders.slice(0, n))
    if (clock) return clock
  }
  return undefined
}

/** Folders within one another, such as `2019/07 July/01`, or one with a year and perhaps a month: `2019-07 Italy`. */
function periodOf(folders: readonly string[]): WallClock | undefined {
  const [last = '', above = '', top = ''] = [...folders].reverse()
  const number = (name: string): number | undefined => {
    const found = /^(\d{1,2})(?!\d)/.exec(name)
    return found ? Number(found[1]) : undefined
  }
  const year = (name: string): number | undefined => (/^\d{4}$/.test(name) ? Number(name) : undefined)
  if (year(top) && number(above) && number(last))
    return wallClock({ year: year(top)!, month: number(above), day: number(last) })
  if (year(above) && number(last)) return wallClock({ year: year(above)!, month: number(last) })
  const month = /^(\d{4})[-_. ]?(\d{2})(?!\d)/.exec(last)
  const [begins, ends] = [/^(\d{4})(?!\d)/.exec(last), /(?<=[\s_(-])(\d{4})\)?$/.exec(last)]
  return (
    (month ? wallClock({ year: Number(month[1]), month: Number(month[2]) }) : undefined) ??
    (begins ? wallClock({ year: Number(begins[1]) }) : undefined) ??
    (ends ? wallClock({ year: Number(ends[1]) }) : undefined)
  )
}

function clockOf(found: Readonly<Record<string, string | undefined>>): WallClock | undefined {
  const number = (key: string): number | undefined => (found[key] ? Number(found[key]) : undefined)
  const day: DateParts = { year: number('year')!, month: number('month'), day: number('day') }
  const hour = number('hour')
  const half = found.half?.toUpperCase()
  const in24 = hour !== undefined && half ? (hour % 12) + (half === 'P' ? 12 : 0) : hour
  // Digits that are no time may be a number of their own.
  return (
    wallClock({ ...day, hour: in24, minute: number('minute'), second: number('second') }) ?? wallClock(day)
  )
}

const dated = (clock: WallClock): Pick<FileDate, 'millis' | 'precision'> => ({
  millis: clockMillis(clock),
  precision: clock.precision,
})

/** The first moment after the period that a clock means. */
function endOf(clock: WallClock): number {
  const end = new Date(clockMillis(clock))
  if (clock.precision === 'year') end.setUTCFullYear(end.getUTCFullYear() + 1)
  else if (clock.precision === 'month') end.setUTCMonth(end.getUTCMonth() + 1)
  else end.setUTCDate(end.getUTCDate() + 1)
  return end.getTime()
}

/** What a clock at the wall showed here at that moment: where a file lies, it was saved. */
function localMillis(modifiedMs: number): number {
  const offset = new Date(modifiedMs).getTimezoneOffset()
  return Math.floor(modifiedMs) - (Number.isNaN(offset) ? 0 : offset * 60_000)
}
