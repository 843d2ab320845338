import type { PhotoId } from '../../../shared/ids.ts'
import type { Catalog } from '../../library/catalog/catalog.ts'
import type { IndexView, Neighbour } from '../../retrieval/index/index-view.ts'
import { strideSample } from '../../../shared/stride-sample.ts'
import { calibrate, confidenceOf, type Calibration } from './calibration.ts'
import { countOf, likeness, likenessWithin, vectorAt, vectorsOf, type Vectors } from './likeness.ts'
import { drawPhotos, photosElsewhere, searchableMembers } from './draw-photos.ts'

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
/** The most examples that confidence is calibrated on: positive ones, and negative ones of each kind. */
const MOST_POSITIVES = 200
const MOST_NEGATIVES = 300

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
  const scores = await likeness(await vectorsOf(catalog, view.version, candidates), vectors)
  const calibration = await calibrateFor(catalog, view, album, vectors, isOpen)
  const ranked = candidates
    .map((id, i) => ({ id, score: scores[i]! }))
    .sort((a, b) => b.score - a.score)
    .slice(0, limit)
  return {
    ids: ranked.map(({ id }) => id),
    confidences: ranked.map(({ score }) => confidenceOf(score, calibration)),
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

/**
 * Calibrates confidence on the members, each compared with the others, against photos of other albums, photos refused for
 * this one, and random photos in no album. Few of these belong to it; without them, photos that are like no album at all
 * would look like members. Returns undefined for an album of one photo, which has no such scores.
 */
async function calibrateFor(
  catalog: Catalog,
  view: IndexView,
  album: number,
  members: Vectors,
  isOpen: (photo: PhotoId) => boolean,
): Promise<Calibration | undefined> {
  if (countOf(members) < 2) return undefined
  const { albums } = catalog
  const refused = albums.refusedIn(album).filter(id => view.photos.has(id))
  const others = [
    ...(await photosElsewhere(albums, view, album, MOST_NEGATIVES)),
    ...strideSample(refused, MOST_NEGATIVES),
    ...drawPhotos(view, MOST_NEGATIVES, `calibration ${album}`, isOpen),
  ]
  const within = strideSample(await likenessWithin(members), MOST_POSITIVES)
  return calibrate(within, await likeness(await vectorsOf(catalog, view.version, others), members))
}
