import type { PhotoDetails } from '../../electron/shared/contract.ts'
import { languageOf, type Language } from '../../electron/shared/languages.ts'
import { textsOf, type TextKey } from './texts.ts'

export type { TextKey }
export type TextValues = Readonly<Record<string, string | number>>

export type LanguageChoice = 'system' | Language

const utc = { timeZone: 'UTC' } as const

/** The region of the system, such as Austria, is kept where its language is the chosen one. */
function speechOf(language: Language) {
  const system = navigator.language
  const locale = new Intl.Locale(system).language === language ? system : language
  return {
    language,
    locale,
    texts: textsOf[language],
    numbers: new Intl.NumberFormat(locale),
    percents: new Intl.NumberFormat(locale, { style: 'percent' }),
    plurals: new Intl.PluralRules(language),
    names: new Intl.Collator(locale, { numeric: true }),
    days: new Intl.DateTimeFormat(locale, { dateStyle: 'long', ...utc }),
    months: new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric', ...utc }),
    years: new Intl.DateTimeFormat(locale, { year: 'numeric', ...utc }),
    lists: new Intl.ListFormat(locale, { type: 'conjunction' }),
    imports: new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short' }),
    instants: new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }),
    moments: new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', ...utc }),
  }
}

let speech = speechOf(languageOf(navigator.language))

/** Sets the language of all texts from here on, and returns it. What is already shown changes when the page is loaded anew. */
export function speak(choice: LanguageChoice): Language {
  speech = speechOf(choice === 'system' ? languageOf(navigator.language) : choice)
  return speech.language
}

/** The language of all texts at present. */
export const language = (): Language => speech.language

/** Compares names as the language sorts them, numbers in them by value. */
export const compareNames = (a: string, b: string): number => speech.names.compare(a, b)

/** Returns the text of a key. Numbers among the values are written as the locale writes them. */
export function t(key: TextKey, values: TextValues = {}): string {
  const { texts } = speech
  const text = texts[key] ?? texts[pluralKey(key, values.count)] ?? texts[`${key}.other`] ?? key
  return text.replace(/\{(\w+)\}/g, (placeholder, name: string) => {
    const value = values[name]
    return value === undefined ? placeholder : typeof value === 'number' ? formatNumber(value) : value
  })
}

const pluralKey = (key: string, count: string | number | undefined): string =>
  typeof count === 'number' ? `${key}.${speech.plurals.select(count)}` : key

/** @param digits after the point, at most; three by default */
export const formatNumber = (value: number, digits?: number): string =>
  digits === undefined
    ? speech.numbers.format(value)
    : new Intl.NumberFormat(speech.locale, { maximumFractionDigits: digits }).format(value)

/** @param digits after the point, always as many */
export const formatFixed = (
  value: number,
  digits: number,
  style: 'decimal' | 'percent' = 'decimal',
): string =>
  new Intl.NumberFormat(speech.locale, {
    style,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(value)

/** A share of 0…1 as a whole percentage. */
export const formatPercent = (share: number): string => speech.percents.format(share)

/** Dates of photos are wall clock times at the place of capture, stored as if they were UTC. */
export const formatDay = (date: number): string => speech.days.format(date)
export const formatMonth = (date: number): string => speech.months.format(date)
export const formatYear = (date: number): string => speech.years.format(date)
export const formatMoment = (date: number): string => speech.moments.format(date)

/** The same as far as it was written. */
export function formatTaken(date: number, precision: PhotoDetails['takenPrecision']): string {
  if (precision === 'year') return formatYear(date)
  if (precision === 'month') return formatMonth(date)
  return precision === 'day' ? formatDay(date) : formatMoment(date)
}

/** When something was done here, by this computer's clock. */
export const formatInstant = (time: number): string => speech.instants.format(time)

/** The same of an import, as a heading. */
export const formatImport = (time: number): string => speech.imports.format(time)

/** Words one after another, as in “a, b and c”. */
export const formatList = (words: readonly string[]): string => speech.lists.format(words)

/** Seconds as a clock shows them: 1:23, or 1:02:03. Of an unknown time (below 0) nothing is said. */
export function formatDuration(seconds: number): string {
  if (seconds < 0) return ''
  const whole = Math.max(1, Math.round(seconds))
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60]
  const padded = (value: number): string => String(value).padStart(2, '0')
  const rest = padded(whole % 60)
  return hours > 0 ? `${hours}:${padded(minutes)}:${rest}` : `${minutes}:${rest}`
}

/** A time in short, such as `2 min`. */
export const formatBriefly = (count: number, unit: 'second' | 'minute' | 'hour'): string =>
  new Intl.NumberFormat(speech.locale, { style: 'unit', unit, unitDisplay: 'short' }).format(count)

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
  return new Intl.NumberFormat(speech.locale, format).format(bytes / 1000 ** step)
}
