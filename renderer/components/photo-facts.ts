import type { PhotoDetails } from '../../electron/shared/contract.ts'
import { exposureTime } from '../../electron/shared/exposure.ts'
import { formatNumber, t } from '../locales/i18n.ts'

/** A row of the inspector. */
export interface Fact {
  readonly name: string
  readonly value: string
  /** Smaller, below it. */
  readonly note?: string
}

/** Where the date comes from, in words. */
export function takenSource(field: string): string {
  if (field === 'file name') return t('inspector.takenFromFileName')
  if (field === 'folder name') return t('inspector.takenFromFolderName')
  if (field === 'file time') return t('inspector.takenFromFileTime')
  return t('inspector.takenFrom', { field })
}

/** How and where a photo was taken, and what people wrote about it: what is known of it. */
export function photoFacts(photo: PhotoDetails): Fact[] {
  const { place, latitude, longitude, rating } = photo
  const facts: (readonly [Parameters<typeof t>[0], string | null, string?])[] = [
    ['inspector.title', photo.title],
    ['inspector.caption', photo.caption],
    ['inspector.keywords', photo.keywords.join(', ')],
    ['inspector.rating', rating ? t('inspector.stars', { count: rating }) : null],
    [
      'inspector.place',
      place && [place.city, place.region, place.country].filter(Boolean).join(', '),
      place ? t('inspector.distanceToCity', { kilometres: place.kilometres }) : '',
    ],
    [
      'inspector.position',
      latitude === null || longitude === null ? null : `${latitude.toFixed(4)}, ${longitude.toFixed(4)}`,
    ],
    ['inspector.camera', photo.camera],
    ['inspector.lens', photo.lens],
    ['inspector.exposure', exposure(photo)],
    ['inspector.software', photo.software],
  ]
  return facts.flatMap(([key, value, note]) =>
    value ? [{ name: t(key), value, ...(note ? { note } : {}) }] : [],
  )
}

function exposure(photo: PhotoDetails): string {
  const { exposureSeconds, aperture, iso, focalLength, focalLength35, flash } = photo
  const length = (value: number): string => formatNumber(value, 1)
  return [
    exposureSeconds && t('inspector.exposureTime', { time: exposureTime(exposureSeconds) }),
    aperture && `f/${formatNumber(aperture, 1)}`,
    iso && t('inspector.iso', { iso: String(iso) }),
    focalLength && t('inspector.focalLength', { length: length(focalLength) }),
    focalLength35 && focalLength35 !== focalLength
      ? t('inspector.focalLength35', { length: length(focalLength35) })
      : '',
    flash ? t('inspector.flash') : '',
  ]
    .filter(Boolean)
    .join(' · ')
}
