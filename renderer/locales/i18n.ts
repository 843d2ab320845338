import type { PhotoDetails } from '../../electron/shared/contract.ts'
import type { ErrorCode } from '../../electron/shared/errors.ts'
import en from './en.json'
import errors from './en-errors.json'
import learning from './en-learning.json'
import views from './en-views.json'

/** Texts are flat: a key, a sentence, `{placeholders}`. A key with `count` may have a form for each plural category. */
const texts: Readonly<Record<string, string>> = {
  ...en,
  ...views,
  ...learning,
  ...(errors satisfies Record<`next.${ErrorCode}`, string>),
}

type WithoutPlural<K> = K extends `${infer Base}.${Intl.LDMLPluralRule}` ? Base : K
export type TextKey = WithoutPlural<
  keyof typeof en | keyof typeof views | keyof typeof learning | keyof typeof errors
>
export type TextValues = Readonly<Record<string, string | number>>

export const locale = navigator.language
const language = 'en'

const numbers = new Intl.NumberFormat(locale)
const percents = new Intl.NumberFormat(locale, { style: 'percent' })
const plurals = new Intl.PluralRules(language)
const utc = { timeZone: 'UTC' } as const
const days = new Intl.DateTimeFormat(locale, { dateStyle: 'long', ...utc })
const months = new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric', ...utc })
const years = new Intl.DateTimeFormat(locale, { year: 'numeric', ...utc })
const instants = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' })
const moments = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', ...utc })

/** Returns the text of a key. Numbers among the values are written as the locale writes them. */
export function t(key: TextKey, values: TextValues = {}): string {
  const text = texts[key] ?? texts[pluralKey(key, values.count)] ?? texts[`${key}.other`] ?? key
  return text.replace(/\{(\w+)\}/g, (placeholder, name: string) => {
    const value = values[name]
    return value === undefined ? placeholder : typeof value === 'number' ? formatNumber(value) : value
  })
}

const pluralKey = (key: string, count: string | number | undefined): string =>
  typeof count === 'number' ? `${key}.${plurals.select(count)}` : key

/** @param digits after the point, at most; three by default */
export const formatNumber = (value: number, digits?: number): string =>
  digits === undefined
    ? numbers.format(value)
    : new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value)

/** A share of 0…1 as a whole percentage. */
export const formatPercent = (share: number): string => percents.format(share)

/** Dates of photos are wall clock times at the place of capture, stored as if they were UTC. */
export const formatDay = (date: number): string => days.format(date)
export const formatMonth = (date: number): string => months.format(date)
export const formatYear = (date: number): string => years.format(date)
export const formatMoment = (date: number): string => moments.format(date)

/** The same as far as it was written. */
export function formatTaken(date: number, precision: PhotoDetails['takenPrecision']): string {
  if (precision === 'year') return formatYear(date)
  if (precision === 'month') return formatMonth(date)
  return precision === 'day' ? formatDay(date) : formatMoment(date)
}

/** When something was done here, by this computer's clock. */
export const formatInstant = (time: number): string => instants.format(time)

/** Seconds as a clock shows them: 1:23, or 1:02:03. Of an unknown time (below 0) nothing is said. */
export function formatDuration(seconds: number): string {
  if (seconds < 0) return ''
  const whole = Math.max(1, Math.round(seconds))
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60]
  const padded = (value: number): string => String(value).padStart(2, '0')
  const rest = padded(whole % 60)
  return hours > 0 ? `${hours}:${padded(minutes)}:${rest}` : `${minutes}:${rest}`
}

const byteUnits = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const

export function formatBytes(bytes: number): string {
  const step = bytes < 1 ? 0 : Math.min(byteUnits.length - 1, Math.floor(Math.log10(bytes) / 3))
  const maximumFractionDigits = step > 1 && bytes / 1000 ** step < 10 ? 1 : 0
  const format = {
    style: 'unit',
    unit: byteUnits[step]!,
    unitDisplay: 'short',
    maximumFractionDigits,
  } as const
  return new Intl.NumberFormat(locale, format).format(bytes / 1000 ** step)
}
