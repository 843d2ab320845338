import { formatDay, formatDuration, t } from '../locales/i18n.ts'
import { albums } from '../state/albums.svelte.ts'
import { captions } from '../state/captions.svelte.ts'
import { library } from '../state/library.svelte.ts'
import { partWords } from './part-words.ts'

interface NamedPhoto {
  readonly id: number
  /** Where it is among the others, and its score. */
  readonly place: string
  /** Seconds of a video; 0 for a photo, -1 for a video that does not say it. */
  readonly duration: number
  /** Its parts, as bits. */
  readonly parts: number
}

/** What a screen reader says of a photo: `Photo 3 of 50, 87 %, album Roses, 4 May 2021, IMG_2034.jpg`. */
export function photoWords({ id, place, duration, parts }: NamedPhoto): string {
  const caption = captions.of(id)
  const date = library.dateOf(id)
  return [
    place,
    ...(duration === 0 ? [] : [t('photo.videoOf', { duration: formatDuration(duration) })]),
    ...partWords(parts),
    ...(caption?.albums.map(album => t('photo.inAlbum', { name: albums.nameOf(album) })) ?? []),
    ...(date === undefined ? [] : [formatDay(date)]),
    ...(caption ? [caption.name] : []),
  ].join(', ')
}
