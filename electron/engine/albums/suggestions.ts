import type { PhotoId } from '../../shared/ids.ts'
import type { Catalog } from '../catalog/catalog.ts'
import { embedPhotos } from '../evaluate/retrieval.ts'
import type { IndexView } from '../index/embedding-index.ts'
import { PIPELINE_VERSION } from '../media/decode.ts'
import { spreadSample } from '../train/sample.ts'
import { calibrate, confidenceOf, type Calibration } from './calibration.ts'
import { likeness, type Vectors } from './likeness.ts'

export interface Suggested {
  readonly ids: PhotoId[]
  /** Probability that the photo belongs to the album, 0…1. */
  readonly confidences: number[]
}

/** Members that look for candidates, and that candidates are compared with. */
const SEEKERS = 64
const COMPARED = 512
/** Neighbours passed over because they have a place already, for each seeker at most. */
const MOST_PASSED = 2000
/** Labelled photos that the confidence is learned from, on either side. */
const CALIBRATED = 200

/**
 * Photos that most likely belong to an album. What is in an album already, this one or another, has its place; what was
 * refused for this one is not suggested again.
 */
export async function suggest(
  catalog: Catalog,
  view: IndexView,
  album: number,
  limit: number,
): Promise<Suggested> {
  const searchable = new Set(catalog.features.searchableIds(view.version.backboneId, PIPELINE_VERSION))
  const members = catalog.albums.photosOf(album).filter(id => searchable.has(id))
  if (members.length === 0) return { ids: [], confidences: [] }
  const compared = spreadSample(members, COMPARED)
  const vectors = await embed(catalog, view, compared)

  const filed = catalog.albums.labels().members.map(({ photoId }) => photoId)
  const excluded = new Set([...filed, ...catalog.albums.refusedIn(album)])
  const candidates = await findCandidates(view, vectors, excluded, limit)
  const scores = await likeness(await embed(catalog, view, candidates), vectors)
  const calibration = await calibrateFor(catalog, view, album, compared, vectors, [...searchable])
  const ranked = candidates
    .map((id, i) => ({ id, score: scores[i]! }))
    .sort((a, b) => b.score - a.score)
    .slice(0, limit)
  return {
    ids: ranked.map(({ id }) => id),
    confidences: ranked.map(({ score }) =>
      calibration ? confidenceOf(score, calibration) : Math.min(1, Math.max(0, score)),
    ),
  }
}

/** What lies nearest to some of the members, spread over the album. */
async function findCandidates(
  view: IndexView,
  members: Vectors,
  excluded: ReadonlySet<PhotoId>,
  limit: number,
): Promise<PhotoId[]> {
  const { dimension, values } = members
  const rows = spreadSample([...Array(values.length / dimension).keys()], SEEKERS)
  const nearest = new Map<PhotoId, number>()
  for (const row of rows) {
    const member = values.slice(row * dimension, (row + 1) * dimension)
    for (const { id, distance } of await view.search(member, limit + Math.min(excluded.size, MOST_PASSED)))
      if (!excluded.has(id)) nearest.set(id, Math.min(nearest.get(id) ?? Infinity, distance))
  }
  const sorted = [...nearest].sort(([, a], [, b]) => a - b)
  return sorted.slice(0, 4 * limit).map(([id]) => id)
}

/**
 * From scores to confidence: members scored without themselves, against photos of other albums, or any others where
 * there is one album only. An album of one photo has no scores of its own.
 */
async function calibrateFor(
  catalog: Catalog,
  view: IndexView,
  album: number,
  compared: readonly PhotoId[],
  vectors: Vectors,
  searchable: readonly PhotoId[],
): Promise<Calibration | undefined> {
  if (compared.length < 2) return undefined
  const inside = new Set(catalog.albums.photosOf(album))
  const known = new Set(searchable)
  const filed = catalog.albums
    .labels()
    .members.map(({ photoId }) => photoId)
    .filter(id => known.has(id))
  const isOutside = (id: PhotoId): boolean => !inside.has(id)
  const elsewhere = [...new Set(filed)].filter(isOutside)
  const others = elsewhere.length > 0 ? elsewhere : searchable.filter(isOutside)
  if (others.length === 0) return undefined
  const own = spreadSample(compared, CALIBRATED)
  const ownRows = own.map(id => compared.indexOf(id))
  const positive = await likeness(
    await embed(catalog, view, own),
    vectors,
    (photo, member) => ownRows[photo] === member,
  )
  const negative = await likeness(await embed(catalog, view, spreadSample(others, CALIBRATED)), vectors)
  return calibrate(positive, negative)
}

async function embed(catalog: Catalog, view: IndexView, ids: readonly PhotoId[]): Promise<Vectors> {
  const values = await embedPhotos(catalog, view.version, ids)
  return { values, dimension: view.version.head.dimension }
}
