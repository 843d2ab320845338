import type { PhotoId } from '../../../shared/ids.ts'
import type { Catalog } from '../../library/catalog/catalog.ts'
import type { IndexView, Neighbour } from '../../retrieval/index/index-view.ts'
import { strideSample } from '../../../shared/stride-sample.ts'
import { countOf, likeness, likenessWithin, vectorAt, vectorsOf, type Vectors } from './likeness.ts'
import { membershipOdds, standingOf } from './membership.ts'
import { drawPhotos, searchableMembers } from './draw-photos.ts'

export interface Suggested {
  readonly ids: PhotoId[]
  /** Probability that the photo belongs to the album, 0…1. */
  readonly confidences: number[]
}

/** The most members used as queries for candidates, and the most that candidates are compared with. */
const MOST_QUERIES = 64
const MOST_COMPARED = 512
/** Candidates for each suggestion. */
const CANDIDATES = 4
/** Each search asks for more neighbours, by this factor, up to this many, until enough of them are in no album. */
const SEARCH_GROWTH = 4
const MOST_NEIGHBOURS = 2000
/** The most photos in no album that suggestions are measured against. */
const MOST_OUTSIDE = 600

/**
 * Returns the photos that most likely belong to an album. Photos in any album are left out, and so are those that were
 * refused for this one.
 * @throws KindredError `album-not-found`
 */
export async function suggest(
  catalog: Catalog,
  view: IndexView,
  album: number,
  limit: number,
): Promise<Suggested> {
  const { albums } = catalog
  const members = searchableMembers(albums, view, album, MOST_COMPARED)
  if (members.length === 0) return { ids: [], confidences: [] }
  const vectors = await vectorsOf(catalog, view.version, members)

  const refused = new Set(albums.refusedIn(album))
  const isOpen = (photo: PhotoId): boolean => !refused.has(photo) && !albums.isInAlbum(photo)
  const candidates = await findCandidates(view, vectors, isOpen, limit)
  if (candidates.length === 0) return { ids: [], confidences: [] }
  const scores = await likeness(await vectorsOf(catalog, view.version, candidates), vectors)
  const drawn = drawPhotos(view, MOST_OUTSIDE, `outside ${album}`, isOpen)
  // Where nearly all photos are in albums, a draw may find none of the others.
  const outside =
    drawn.length > 0 ? await likeness(await vectorsOf(catalog, view.version, drawn), vectors) : scores
  const standing = standingOf(members.length < 2 ? [] : await likenessWithin(vectors), outside)
  const ranked = candidates
    .map((id, i) => ({ id, score: scores[i]! }))
    .sort((a, b) => b.score - a.score)
    .slice(0, limit)
  return {
    ids: ranked.map(({ id }) => id),
    confidences: ranked.map(({ score }) => {
      const odds = membershipOdds(score, standing)
      return odds / (1 + odds)
    }),
  }
}

/** Returns the photos nearest to some of the members, spread over the album. */
async function findCandidates(
  view: IndexView,
  members: Vectors,
  isOpen: (photo: PhotoId) => boolean,
  limit: number,
): Promise<PhotoId[]> {
  const nearest = new Map<PhotoId, number>()
  const isCandidate = (photo: PhotoId): boolean => nearest.has(photo) || isOpen(photo)
  for (const row of strideSample([...Array(countOf(members)).keys()], MOST_QUERIES))
    for (const { id, distance } of await nearestOpen(view, vectorAt(members, row), isCandidate, limit))
      nearest.set(id, Math.min(nearest.get(id) ?? Infinity, distance))
  const sorted = [...nearest].sort(([, a], [, b]) => a - b)
  return sorted.slice(0, CANDIDATES * limit).map(([id]) => id)
}

/** Returns neighbours in no album, at least `limit` of them where a reasonable search finds so many. */
async function nearestOpen(
  view: IndexView,
  vector: Float32Array,
  isCandidate: (photo: PhotoId) => boolean,
  limit: number,
): Promise<Neighbour[]> {
  let count = CANDIDATES * limit
  let found = await view.search(vector, count)
  let open = found.filter(({ id }) => isCandidate(id))
  while (open.length < limit && found.length >= count && count < MOST_NEIGHBOURS) {
    count *= SEARCH_GROWTH
    found = await view.search(vector, count)
    open = found.filter(({ id }) => isCandidate(id))
  }
  return open
}
