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
