import type { PhotoMetadata } from '../../library/rows.ts'
import { cameraName } from './camera-facts.ts'
import type { ExiftoolTags } from './exiftool.ts'
import { placeAt } from './places.ts'
import { position } from './position.ts'
import { onlyKnown } from './read-metadata.ts'
import { clean } from './text.ts'
import { readWallClock, withOffset } from './wall-clock.ts'

type Word = string | number | undefined

/** What exiftool found, in the form in which everything else is kept. */
export function thoroughMetadata(tags: ExiftoolTags): PhotoMetadata {
  const text = (...names: string[]): string | undefined => {
    for (const name of names) {
      const value = tags[name]
      const found = typeof value === 'string' || typeof value === 'number' ? clean(String(value)) : undefined
      if (found !== undefined && !/^(unknown|n\/a|none|-+)\b/i.test(found)) return found
    }
    return undefined
  }
  const number = (name: string): number | undefined => {
    const value = Number(tags[name])
    return tags[name] !== undefined && Number.isFinite(value) && value > 0 ? value : undefined
  }
  const list = (...names: string[]): string[] | undefined => {
    const found = names.flatMap(name => tags[name] as Word | readonly Word[])
    const words = found.flatMap(word => (word === undefined ? [] : (clean(String(word)) ?? [])))
    return words.length > 0 ? [...new Set(words)].slice(0, 1000) : undefined
  }
  const where = position(Number(tags.GPSLatitude ?? NaN), Number(tags.GPSLongitude ?? NaN))
  const rating = Number(tags.Rating ?? NaN)
  return onlyKnown({
    taken: takenOf(text),
    ...where,
    place: where && placeAt(where.latitude, where.longitude),
    camera: cameraName(text('Make', 'AndroidMake'), text('Model', 'AndroidModel')),
    lens: text('LensID', 'LensModel', 'Lens'),
    exposureSeconds: number('ExposureTime'),
    aperture: number('FNumber'),
    iso: number('ISO'),
    focalLength: number('FocalLength'),
    focalLength35: number('FocalLengthIn35mmFormat'),
    title: text('Title'),
    caption: text('Description'),
    keywords: list('Subject', 'Keywords'),
    rating: rating >= 0 && rating <= 5 ? Math.round(rating) : undefined,
    software: text('Software'),
  })
}

/** Containers of QuickTime: their CreateDate is UTC, and known from their own reader where it is to be trusted. */
const QUICKTIME = /^video\/(mp4|quicktime|3gpp2?|x-m4v)$/

function takenOf(text: (name: string) => string | undefined): PhotoMetadata['taken'] {
  const ofItself = QUICKTIME.test(text('MIMEType') ?? '') ? [] : ['CreateDate']
  for (const field of ['DateTimeOriginal', 'CreationDate', 'ContentCreateDate', ...ofItself, 'DateCreated']) {
    const clock = readWallClock(text(field) ?? '')
    if (clock)
      return { ...withOffset(clock, clock.offset ?? text('OffsetTimeOriginal')), from: `exiftool ${field}` }
  }
  return undefined
}
