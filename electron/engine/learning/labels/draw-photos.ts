import { setImmediate } from 'node:timers/promises'
import type { PhotoId } from '../../../shared/ids.ts'
import { Random } from '../../../shared/random.ts'
import type { Albums } from '../../library/catalog/albums.ts'
import type { IndexView } from '../../retrieval/index/index-view.ts'
import { strideSample } from '../../../shared/stride-sample.ts'

/** Draws for each photo that is wanted, before giving up on finding as many. */
const TRIES = 4

/** At most `count` photos of an album that can be searched, spread over it. */
export const searchableMembers = (albums: Albums, view: IndexView, album: number, count: number): PhotoId[] =>
  strideSample(
    albums.membersOf(album).filter(id => view.photos.has(id)),
    count,
  )

/** About `count` photos of the other albums, as many of each. */
export async function photosElsewhere(
  albums: Albums,
  view: IndexView,
  album: number,
  count: number,
): Promise<PhotoId[]> {
  const inside = new Set(albums.membersOf(album))
  const others = albums.list().filter(({ id, photos }) => id !== album && photos > 0)
  const photos = new Set<PhotoId>()
  for (const { id } of strideSample(others, count)) {
    const some = searchableMembers(albums, view, id, Math.ceil(count / others.length))
    for (const photo of some) if (!inside.has(photo)) photos.add(photo)
    await setImmediate()
  }
  return [...photos]
}

/** At most `count` photos of the library that are accepted, drawn at random; the same seed draws the same. */
export function drawPhotos(
  view: IndexView,
  count: number,
  seed: string,
  accept: (photo: PhotoId) => boolean,
): PhotoId[] {
  const all = [...view.photos]
  if (all.length <= count) return all.filter(accept)
  const random = new Random(seed)
  const drawn = new Set<PhotoId>()
  for (let i = 0; i < TRIES * count && drawn.size < count; i++) {
    const photo = random.pick(all)
    if (accept(photo)) drawn.add(photo)
  }
  return [...drawn]
}
