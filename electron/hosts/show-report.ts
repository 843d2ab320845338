import { displayPath } from '../engine/library/paths.ts'
import { exposureTime, oneDecimal } from '../shared/exposure.ts'
import type { ShownPhoto } from '../shared/results.ts'

/** What is known about photos, as text for a terminal. */
export const showReport = (photos: readonly ShownPhoto[]): string => photos.map(describe).join('\n\n')

function describe(photo: ShownPhoto): string {
  const rows: (readonly [string, string | null | undefined])[] = [
    ['taken', photo.takenAt && `${writtenPart(photo)} (${photo.takenFrom})`],
    ['place', placeOf(photo)],
    ['camera', photo.camera],
    ['lens', photo.lens],
    ['exposure', exposureOf(photo)],
    ['size', `${photo.width} × ${photo.height}, ${photo.format}`],
    ['damaged', photo.damaged],
    ['rating', '★'.repeat(photo.rating ?? 0)],
    ['title', photo.title],
    ['caption', photo.caption],
    ['keywords', photo.keywords.join(', ')],
    ['albums', photo.albums.join(', ')],
    ['software', photo.software],
    ...photo.parts.map(({ role, path }) => [partWords[role], displayPath(path)] as const),
    ['part of', photo.partOf && displayPath(photo.partOf)],
    ['also at', photo.copies.map(displayPath).join(', ')],
  ]
  const known = rows.flatMap(([name, value]) => (value ? [`  ${name.padEnd(9)} ${value}`] : []))
  return [displayPath(photo.path), ...known].join('\n')
}

const partWords = { raw: 'RAW file', video: 'film', original: 'original', motion: 'film in' } as const

/** Characters of a date down to what was written. */
const lengths = { year: 4, month: 7, day: 10, minute: 16, second: undefined } as const

const writtenPart = ({ takenAt, takenPrecision }: ShownPhoto): string =>
  takenAt!.slice(0, lengths[takenPrecision ?? 'second']).replace('T', ' ')

function placeOf({ place, placeDetails, latitude, longitude }: ShownPhoto): string | null {
  if (latitude === null || longitude === null) return null
  const degrees = `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`
  return place === null ? degrees : `${place} (${placeDetails!.kilometres} km away), ${degrees}`
}

function exposureOf(photo: ShownPhoto): string {
  const { exposureSeconds, aperture, iso, focalLength, focalLength35, flash } = photo
  const parts = [
    exposureSeconds && `${exposureTime(exposureSeconds)} s`,
    aperture && `f/${oneDecimal(aperture)}`,
    iso && `ISO ${iso}`,
    focalLength && `${oneDecimal(focalLength)} mm`,
    focalLength35 && focalLength35 !== focalLength && `(${oneDecimal(focalLength35)} mm on 35 mm film)`,
    flash && 'flash',
  ]
  return parts.filter(Boolean).join(', ')
}
