import type { PhotoId } from '../../../shared/ids.ts'
import type { Catalog } from '../../library/catalog/catalog.ts'
import type { IndexView } from '../../retrieval/index/index-view.ts'
import { strideSample } from '../../../shared/stride-sample.ts'
import { calibrate, confidenceOf, type Calibration } from './calibration.ts'
import { countOf, likeness, likenessWithin, vectorAt, vectorsOf, type Vectors } from './likeness.ts'
import { drawPhotos, photosElsewhere, searchableMembers } from './draw-photos.ts'

export interface Suggested {
  readonly ids: PhotoId[]
  /** Probability that the photo belongs to the album, 0…1. */
  readonly confidences: number[]
}

/** Members that look for candidates, and that candidates are compared with. */
const SEEKERS = 64
const COMPARED = 512
/** Candidates for each suggestion. */
const CHOICE = 4
/** Neighbours that a seeker passes over because they have a place already, at most. */
const MOST_PASSED = 2000
/** Photos that the confidence is learned from: members; and of each kind, others. */
const OWN = 200
const OTHERS = 300

/**
 * Photos that most likely belong to an album. What is in an album already, this one or another, has its place; what was
 * refused for this one is not suggested again.
 * @throws KindredError `album-not-found`
 */
export async function suggest(
  catalog: Catalog,
  view: IndexView,
  album: number,
  limit: number,
): Promise<Suggested> {
  const { albums } = catalog
  const members = searchableMembers(albums, view, album, COMPARED)
  if (members.length === 0) return { ids: [], confidences: [] }
  const vectors = await vectorsOf(catalog, view.version, members)

  const refused = new Set(albums.refusedIn(album))
  const isOpen = (photo: PhotoId): boolean => !refused.has(photo) && !albums.isFiled(photo)
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

/** What lies nearest to some of the members, spread over the album. */
async function findCandidates(
  view: IndexView,
  members: Vectors,
  isOpen: (photo: PhotoId) => boolean,
  limit: number,
): Promise<PhotoId[]> {
  const nearest = new Map<PhotoId, number>()
  for (const row of strideSample([...Array(countOf(members)).keys()], SEEKERS))
    for (let ask = CHOICE * limit; ; ask *= 4) {
      const found = await view.search(vectorAt(members, row), ask)
      const open = found.filter(({ id }) => nearest.has(id) || isOpen(id))
      for (const { id, distance } of open) nearest.set(id, Math.min(nearest.get(id) ?? Infinity, distance))
      if (open.length >= limit || found.length < ask || ask >= MOST_PASSED) break
    }
  const sorted = [...nearest].sort(([, a], [, b]) => a - b)
  return sorted.slice(0, CHOICE * limit).map(([id]) => id)
}

/**
 * From scores to confidence: members, each scored without itself, against photos of other albums, photos that were
 * refused for this one, and random ones that are in none. Few of those belong; without them, all that is like no album
 * would be taken for a member. An album of one photo has no scores of its own: there the score stands for itself.
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
    ...(await photosElsewhere(albums, view, album, OTHERS)),
    ...strideSample(refused, OTHERS),
    ...drawPhotos(view, OTHERS, `calibration ${album}`, isOpen),
  ]
  const within = strideSample(await likenessWithin(members), OWN)
  return calibrate(within, await likeness(await vectorsOf(catalog, view.version, others), members))
}
