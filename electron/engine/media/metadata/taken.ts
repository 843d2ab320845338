/** @file When a photo was taken, by what its file says: the most trusted date that is one. */
import { clockMillis } from '../../library/clock-millis.ts'
import type { Taken, WallClock } from '../../library/rows.ts'
import { numbersOf, textOf, type ExifBlock } from './exif.ts'
import type { Iptc } from './iptc.ts'
import { firstOf, type MetadataSources } from './sources.ts'
import { readText } from './text.ts'
import { clockInZone, readWallClock, withOffset } from './wall-clock.ts'
import type { Xmp } from './xmp.ts'

/** A date of EXIF is a tag, with one for fractions of a second and one for the time zone (EXIF 2.32, 4.6.5 F). */
interface ExifDate {
  readonly field: string
  readonly tag: number
  readonly subseconds: number
  readonly offset: number
}

const original: ExifDate = {
  field: 'EXIF DateTimeOriginal',
  tag: 0x9003,
  subseconds: 0x9291,
  offset: 0x9011,
}
const digitised: ExifDate = {
  field: 'EXIF DateTimeDigitized',
  tag: 0x9004,
  subseconds: 0x9292,
  offset: 0x9012,
}
const modified: ExifDate = { field: 'EXIF DateTime', tag: 0x0132, subseconds: 0x9290, offset: 0x9010 }

const xmpDates = [
  'exif:DateTimeOriginal',
  'photoshop:DateCreated',
  'xmp:CreateDate',
  'exif:DateTimeDigitized',
] as const

/** Date and time are data sets of their own (IIM 4.2, 2:55–2:63). */
const iptcDates = [
  { field: 'IPTC DateCreated', date: 55, time: 60 },
  { field: 'IPTC DigitalCreationDate', date: 62, time: 63 },
] as const

/** Keywords of a PNG's texts; `date:create` of ImageMagick is the date of a file. */
const pngDates = ['creation time', 'exif:datetimeoriginal', 'exif:datetimedigitized'] as const

const GPS_TIME = 7
const GPS_DATE = 29

/**
 * The date of capture, in this order of trust: original, digitised, XMP, IPTC, texts of a PNG, GPS, last change.
 * @param timeZone at the place, where it is known: GPS has the time in UTC
 */
export function takenOf(sources: MetadataSources, timeZone?: string): Taken | undefined {
  const { exif, xmp, iptc, texts } = sources
  return (
    firstOf(exif, block => exifDate(block, original)) ??
    firstOf(exif, block => exifDate(block, digitised)) ??
    firstOf(xmpDates, name => firstOf(xmp, packet => xmpDate(packet, name))) ??
    firstOf(iptc, iptcDate) ??
    firstOf(pngDates, keyword => pngDate(texts, keyword)) ??
    firstOf(exif, block => gpsDate(block, timeZone)) ??
    firstOf(exif, block => exifDate(block, modified))
  )
}

/** The dates of an XMP packet that say when a photo was taken, not when a file was made. */
export const takenOfSidecar = (packet: Xmp): Taken | undefined =>
  firstOf(xmpDates.slice(0, 2), name => xmpDate(packet, name))

function exifDate(
  { image, photo }: ExifBlock,
  { field, tag, subseconds, offset }: ExifDate,
): Taken | undefined {
  // Some programs write all tags into one directory.
  const text = (wanted: number): string | undefined => textOf(photo.get(wanted)) ?? textOf(image.get(wanted))
  const clock = named(field, text(tag))
  if (!clock) return undefined
  const digits = /^\s*(\d{1,9})/.exec(text(subseconds) ?? '')?.[1]
  const exact = digits && !clock.subseconds && clock.precision === 'second' ? { subseconds: digits } : {}
  return { ...withOffset(clock, clock.offset ?? text(offset)), ...exact, from: field }
}

const xmpDate = (packet: Xmp, name: (typeof xmpDates)[number]): Taken | undefined =>
  firstOf(packet.get(name) ?? [], value => named(`XMP ${name}`, value))

function iptcDate(iptc: Iptc): Taken | undefined {
  const text = (number: number): string | undefined => {
    const [value] = iptc.get(number) ?? []
    return value && readText(value)
  }
  return firstOf(iptcDates, ({ field, date, time }) => {
    // 00 stands for a month or day that is not known.
    const day = text(date)
      ?.replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3')
      .replace(/(-00)+$/, '')
    return named(field, `${day} ${colons(text(time))}`) ?? named(field, day)
  })
}

/** `101500+0100`: hours, minutes and seconds, then the time zone. */
const colons = (time = ''): string => time.replace(/^(\d{2})(\d{2})(\d{2})/, '$1:$2:$3')

const pngDate = (texts: MetadataSources['texts'], keyword: (typeof pngDates)[number]): Taken | undefined =>
  named(keyword.startsWith('exif:') ? `PNG ${keyword}` : 'PNG Creation Time', texts.get(keyword))

function gpsDate({ gps }: ExifBlock, timeZone: string | undefined): Taken | undefined {
  const time = numbersOf(gps.get(GPS_TIME)).map(Math.floor)
  const clock = time.length === 3 ? time.map(value => String(value).padStart(2, '0')).join(':') : ''
  const field = 'EXIF GPSDateStamp'
  const date = textOf(gps.get(GPS_DATE))
  const utc = named(field, `${date} ${clock}`)
  if (utc?.precision !== 'second') return named(field, date)
  const local = timeZone === undefined ? undefined : clockInZone(clockMillis(utc), timeZone)
  return { ...(local ?? { ...utc, offset: 'Z' }), from: field }
}

function named(from: string, text: string | undefined): Taken | undefined {
  const clock: WallClock | undefined = text === undefined ? undefined : readWallClock(text)
  return clock && { ...clock, from }
}
