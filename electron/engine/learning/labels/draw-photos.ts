import { setImmediate } from 'node:timers/promises'
import type { PhotoId } from '../../../shared/ids.ts'
import { Random } from '../../../shared/random.ts'
import type { AlbumQueries } from '../../library/catalog/album-queries.ts'
import type { IndexView } from '../../retrieval/index/index-view.ts'
import { strideSample } from '../../../shared/stride-sample.ts'

/** The most draws for each photo that is wanted. */
const MOST_DRAWS = 4

/** Returns at most `count` searchable photos of an album, spread over it. */
export const searchableMembers = (
  albums: AlbumQueries,
  view: IndexView,
  album: number,
  count: number,
): PhotoId[] =>
  strideSample(
    albums.membersOf(album).filter(id => view.photos.has(id)),
    count,
  )

/** Returns about `count` photos of the other albums, the same number of each. */
export async function photosElsewhere(
  albums: AlbumQueries,
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

/** Draws at most `count` accepted photos of the library at random, the same ones for the same seed. */
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
  for (let i = 0; i < MOST_DRAWS * count && drawn.size < count; i++) {
    const photo = random.pick(all)
    if (accept(photo)) drawn.add(photo)
  }
  return [...drawn]
}
