import { numbersOf, textOf, type ExifBlock } from './exif.ts'
import { firstOf, type MetadataSources } from './sources.ts'
import type { Xmp } from './xmp.ts'

/** Tags of the GPS directory (EXIF 2.32, 4.6.6). */
const LATITUDE_REF = 1
const LATITUDE = 2
const LONGITUDE_REF = 3
const LONGITUDE = 4

/** Degrees, WGS 84. */
export interface Position {
  readonly latitude: number
  readonly longitude: number
}

/** Where the photo was taken; undefined where that is not said, impossible, or 0° 0°, which means no reception. */
export function positionOf({ exif, xmp }: Pick<MetadataSources, 'exif' | 'xmp'>): Position | undefined {
  return firstOf(exif, ofExif) ?? firstOf(xmp, ofXmp)
}

function ofExif({ gps }: ExifBlock): Position | undefined {
  return position(
    signed(degrees(numbersOf(gps.get(LATITUDE))), textOf(gps.get(LATITUDE_REF))),
    signed(degrees(numbersOf(gps.get(LONGITUDE))), textOf(gps.get(LONGITUDE_REF))),
  )
}

function ofXmp(xmp: Xmp): Position | undefined {
  return position(
    readCoordinate(xmp.get('exif:GPSLatitude')?.[0]),
    readCoordinate(xmp.get('exif:GPSLongitude')?.[0]),
  )
}

/** ISO 6709, degrees with decimals, as phones write it into videos: `+48.2081+016.3713+170.000/`. */
export function positionOfIso6709(text: string): Position | undefined {
  const found = /^([+-]\d{1,2}(?:\.\d+)?)([+-]\d{1,3}(?:\.\d+)?)/.exec(text)
  return found ? position(Number(found[1]), Number(found[2])) : undefined
}

export function position(latitude: number, longitude: number): Position | undefined {
  const isPlace = Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180
  return isPlace && (latitude !== 0 || longitude !== 0) ? { latitude, longitude } : undefined
}

/** Degrees alone may be decimal, with 0/0 for minutes and seconds. */
function degrees([whole = NaN, minutes = 0, seconds = 0]: readonly number[]): number {
  return whole + (Number.isNaN(minutes) ? 0 : minutes) / 60 + (Number.isNaN(seconds) ? 0 : seconds) / 3600
}

/** References are written as `S`, `s`, ` South` … */
const signed = (value: number, reference = ''): number =>
  /^\s*[sw]/i.test(reference) && value > 0 ? -value : value

/** XMP writes `33,51,30S` or `33,51.5S` (part 2, 1.2.7.4); some programs write `-33.86`. */
function readCoordinate(text = ''): number {
  const found =
    /^\s*(-?\d{1,3}(?:\.\d+)?)(?:,(\d{1,2}(?:\.\d+)?))?(?:,(\d{1,2}(?:\.\d+)?))?\s*([NSEW])?\s*$/i.exec(text)
  if (!found) return NaN
  const value = degrees(found.slice(1, 4).map(part => Number(part || NaN)))
  return signed(value, found[4])
}
