import readExif from 'exif-reader'
import type { Metadata } from 'sharp'
import type { CaptureInfo } from '../library/rows.ts'

/** A camera whose clock was never set writes a date of zeros, which reads as the end of 1899. */
const CLOCK_UNSET = Date.UTC(1900, 0, 1)

const nothing: CaptureInfo = { takenAt: null, camera: null, latitude: null, longitude: null }

/** Reads the EXIF block. A damaged one counts as none: the photo itself may be fine. */
export function readCaptureInfo(metadata: Pick<Metadata, 'exif'>): CaptureInfo {
  if (!metadata.exif) return nothing
  try {
    const { Image: image, Photo: photo, GPSInfo: gps } = readExif(metadata.exif)
    return {
      takenAt: asTime(photo?.DateTimeOriginal) ?? asTime(photo?.DateTimeDigitized) ?? asTime(image?.DateTime),
      camera: cameraName(image?.Make, image?.Model),
      latitude: asDegrees(gps?.GPSLatitude, gps?.GPSLatitudeRef === 'S', 90),
      longitude: asDegrees(gps?.GPSLongitude, gps?.GPSLongitudeRef === 'W', 180),
    }
  } catch {
    return nothing
  }
}

function asTime(date: unknown): number | null {
  const time = date instanceof Date ? date.getTime() : NaN
  return time >= CLOCK_UNSET ? time : null
}

function cameraName(make: unknown, model: unknown): string | null {
  const text = (value: unknown): string =>
    typeof value === 'string' ? value.replace(/\0.*$/s, '').trim() : ''
  const [maker, name] = [text(make), text(model)]
  const full = name.toLowerCase().startsWith(maker.toLowerCase()) ? name : `${maker} ${name}`
  return full.trim() || null
}

function asDegrees(parts: unknown, negative: boolean, limit: number): number | null {
  if (!Array.isArray(parts) || parts.length !== 3) return null
  const [degrees, minutes, seconds] = parts as number[]
  const value = degrees! + minutes! / 60 + seconds! / 3600
  if (!Number.isFinite(value) || value > limit) return null
  return negative ? -value : value
}
