/** @file Dates as they stand in files: wall clocks, read as text. No time zone of this process touches them. */
import type { Precision, WallClock } from '../../library/rows.ts'

/** The first photograph that is left was taken in this year. */
const FIRST_YEAR = 1826
/** A text longer than this is no date. */
const LONGEST = 64

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

const TIME = String.raw`(?<hour>\d{1,2})[:.-](?<minute>\d{1,2})(?:[:.-](?<second>\d{1,2})(?:[.,:](?<fraction>\d{1,9})\d*)?)?`
const HALF = String.raw`(?:\s*(?<half>[ap])\.?m\.?)?`
const ZONE = String.raw`\s*(?<zone>Z|UTC|GMT|[+-]\d{1,2}(?::?\d{2})?)?`

const forms = [
  // EXIF, ISO 8601 and their relatives; month, day and time may be missing.
  new RegExp(
    String.raw`^(?<year>\d{4})(?:[:/.-]\s?(?<month>\d{1,2})(?:[:/.-]\s?(?<day>\d{1,2})(?:[T\s,]+${TIME}${HALF}${ZONE})?)?)?$`,
    'i',
  ),
  // ISO 8601 without separators, and IPTC: a month or day of 00 is not known.
  /^(?<year>\d{4})(?<month>\d{2})(?<day>\d{2})(?:[T\s]?(?<hour>\d{2})(?<minute>\d{2})(?<second>\d{2})(?<zone>Z|[+-]\d{2}:?\d{2})?)?$/i,
  // RFC 1123, which the PNG specification suggests (11.3.3.2).
  new RegExp(
    String.raw`^(?:[a-z]{3,9},?\s+)?(?<day>\d{1,2})[\s-](?<name>[a-z]{3})[a-z]*[\s-](?<year>\d{4})(?:\s+${TIME}${ZONE})?$`,
    'i',
  ),
  // asctime of C.
  new RegExp(
    String.raw`^[a-z]{3}\s+(?<name>[a-z]{3})\s+(?<day>\d{1,2})\s+${TIME}(?:\s+[a-z]{3,4})?\s+(?<year>\d{4})$`,
    'i',
  ),
]

/** Numbers of a date as they were read; what is missing was not written. */
export interface DateParts {
  readonly year: number
  readonly month?: number | undefined
  readonly day?: number | undefined
  readonly hour?: number | undefined
  readonly minute?: number | undefined
  readonly second?: number | undefined
}

/**
 * Reads a date in any of the forms that cameras and programs write. NULs, spaces and dots at the ends are passed over.
 * @returns undefined for what is no date, or an impossible one such as 30 February
 */
export function readWallClock(text: string, now = Date.now()): WallClock | undefined {
  if (text.length > LONGEST * 2) return undefined
  const trimmed = text.replace(/^[\s\0]+|[\s\0.:]+$/g, '')
  if (trimmed.length > LONGEST) return undefined
  for (const form of forms) {
    const found = form.exec(trimmed)?.groups
    if (!found) continue
    const number = (key: string): number | undefined => (found[key] ? Number(found[key]) : undefined)
    const month = found.name ? MONTHS.indexOf(found.name.toLowerCase()) + 1 : number('month')
    const parts = { year: number('year')!, month, day: number('day'), minute: number('minute') }
    const clock = wallClock(
      { ...parts, hour: in24Hours(number('hour'), found.half), second: number('second') },
      now,
    )
    if (!clock) return undefined
    return withOffset({ ...clock, ...(found.fraction ? { subseconds: found.fraction } : {}) }, found.zone)
  }
  return undefined
}

/** A clock of these numbers; undefined where no calendar has them, or no photo can be that old or that young. */
export function wallClock(parts: DateParts, now = Date.now()): WallClock | undefined {
  const { year, month, day, hour, minute, second } = parts
  if (year < FIRST_YEAR || year > new Date(now).getUTCFullYear() + 1) return undefined
  if (month !== undefined && (month < 1 || month > 12)) return undefined
  if (day !== undefined && (day < 1 || day > daysIn(year, month!))) return undefined
  if ((hour ?? 0) > 23 || (minute ?? 0) > 59 || (second ?? 0) > 59) return undefined
  const date = [pad(year, 4), pad(month ?? 1), pad(day ?? 1)].join('-')
  const time = [hour ?? 0, minute ?? 0, second ?? 0].map(value => pad(value)).join(':')
  return { text: `${date}T${time}`, precision: precisionOf(parts) }
}

/** The clock with a time zone such as `+02:00`, `+2`, `0200` or `Z`; without one where the text is none. */
export function withOffset(clock: WallClock, zone: string | undefined): WallClock {
  const offset = zone === undefined ? undefined : readOffset(zone)
  return offset === undefined ? clock : { ...clock, offset }
}

function readOffset(zone: string): string | undefined {
  if (/^\s*(Z|UTC|GMT)[\s\0]*$/i.test(zone)) return 'Z'
  const found = /^\s*([+-])(\d{1,2})(?::?(\d{2}))?[\s\0]*$/.exec(zone)
  if (!found) return undefined
  const [hours, minutes] = [Number(found[2]), Number(found[3] ?? 0)]
  // From Baker Island to Kiritimati.
  if (hours > 14 || minutes > 59) return undefined
  return `${found[1]}${pad(hours)}:${pad(minutes)}`
}

/** What a clock at this place shows at a moment; undefined where the zone is not known. */
export function clockInZone(millis: number, timeZone: string): WallClock | undefined {
  try {
    const options = { timeZone, hourCycle: 'h23', timeZoneName: 'longOffset' } as const
    const numeric = { month: '2-digit', day: '2-digit', hour: '2-digit' } as const
    const format = new Intl.DateTimeFormat('en-US', {
      ...options,
      ...numeric,
      year: 'numeric',
      minute: '2-digit',
      second: '2-digit',
    })
    const parts = Object.fromEntries(format.formatToParts(millis).map(({ type, value }) => [type, value]))
    const { year, month, day, hour, minute, second, timeZoneName = '' } = parts
    const text = `${year!.padStart(4, '0')}-${month}-${day}T${hour}:${minute}:${second}`
    return withOffset({ text, precision: 'second' }, timeZoneName.replace('GMT', '') || 'Z')
  } catch {
    return undefined
  }
}

function precisionOf({ month, day, hour, minute, second }: DateParts): Precision {
  if (month === undefined) return 'year'
  if (day === undefined) return 'month'
  if (hour === undefined || minute === undefined) return 'day'
  return second === undefined ? 'minute' : 'second'
}

function in24Hours(hour: number | undefined, half: string | undefined): number | undefined {
  if (hour === undefined || !half) return hour
  // No clock with two halves shows it: an hour that is none.
  if (hour < 1 || hour > 12) return 24
  return (hour % 12) + (half.toLowerCase() === 'p' ? 12 : 0)
}

const daysIn = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate()

const pad = (value: number, digits = 2): string => String(value).padStart(digits, '0')
