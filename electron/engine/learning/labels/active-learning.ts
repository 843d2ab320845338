import { setImmediate } from 'node:timers/promises'
import type { AlbumId, PhotoId } from '../../../shared/ids.ts'
import type { Catalog } from '../../library/catalog/catalog.ts'
import type { IndexView } from '../../retrieval/index/index-view.ts'
import { strideSample } from '../../../shared/stride-sample.ts'
import { calibrate, confidenceOf, type Calibration } from './calibration.ts'
import { cosine, countOf, likeness, likenessWithin, vectorAt, vectorsOf, type Vectors } from './likeness.ts'
import { drawPhotos, searchableMembers } from './draw-photos.ts'

export interface AskedPhoto {
  readonly photo: PhotoId
  /** The albums that it most likely belongs to. */
  readonly albums: readonly { readonly id: AlbumId; readonly confidence: number }[]
}

/** The most photos without a label that are considered. */
const MOST_CANDIDATES = 1000
/** The most photos that they are compared with: of all albums together, and of one. */
const MOST_COMPARED = 2048
const MOST_OF_ALBUM = 64
/** The most negative examples that an album's confidence is calibrated on. */
const MOST_NEGATIVES = 300
/** The most examples of all albums together, positive and negative. */
const MOST_POOLED = 1000
/** A photo that belongs to none of the albums with at least this probability is not asked about: the answer would be none. */
const LEAST_PLAUSIBLE = 0.2
/** Albums offered for each photo. */
const CHOICES = 4
/** Candidates for each question whose density is computed: each costs a search. */
const DENSITIES = 12
const NEIGHBOURS = 10
/** Of photos with a larger cosine than this, only one is asked about. */
const MOST_SIMILAR = 0.95

/** An album with some of its photos. */
interface SampledAlbum {
  readonly id: AlbumId
  readonly members: Vectors
}

/** For each album, how likely each photo belongs there. */
type Confidences = readonly (readonly number[])[]

/**
 * Returns the photos whose labels are worth the most: it is uncertain to which album they belong, or whether to any, many
 * photos are like them, and they are unlike each other (information density; Settles, "Active Learning Literature
 * Survey", 2009).
 */
export async function askMe(catalog: Catalog, view: IndexView, limit: number): Promise<AskedPhoto[]> {
  const { albums } = catalog
  const learned = await learnAlbums(catalog, view)
  if (learned.length === 0) return []
  const photos = drawPhotos(
    view,
    MOST_CANDIDATES,
    `questions ${albums.revision}`,
    photo => !albums.isLabelled(photo),
  )
  const vectors = await vectorsOf(catalog, view.version, photos)
  const confidences = await confidencesOf(vectors, learned)
  const uncertainties = photos.map((_, row) => uncertaintyOf(confidences.map(ofAlbum => ofAlbum[row]!)))

  const isPlausible = (row: number): boolean => confidences.some(ofAlbum => ofAlbum[row]! >= LEAST_PLAUSIBLE)
  const rows = [...photos.keys()].filter(isPlausible).sort((a, b) => uncertainties[b]! - uncertainties[a]!)
  const candidates: { row: number; worth: number }[] = []
  for (const row of rows.slice(0, DENSITIES * limit)) {
    const density = await densityAt(view, photos[row]!, vectorAt(vectors, row))
    candidates.push({ row, worth: uncertainties[row]! * density })
  }
  return chooseDiverse(candidates, vectors, limit).map(row => ({
    photo: photos[row]!,
    albums: learned
      .map(({ id }, i) => ({ id, confidence: confidences[i]![row]! }))
      .sort((a, b) => b.confidence - a.confidence)
      .slice(0, CHOICES),
  }))
}

/** Returns the albums used for training, with as many photos of each as can be compared in a second. */
async function learnAlbums(catalog: Catalog, view: IndexView): Promise<SampledAlbum[]> {
  const used = catalog.albums.list().filter(({ usedForTraining, photos }) => usedForTraining && photos > 0)
  const share = Math.max(2, Math.min(MOST_OF_ALBUM, Math.floor(MOST_COMPARED / used.length)))
  const learned: SampledAlbum[] = []
  for (const { id } of used) {
    const photos = searchableMembers(catalog.albums, view, id, share)
    if (photos.length === 0) continue
    learned.push({ id, members: await vectorsOf(catalog, view.version, photos) })
  }
  return learned
}

/**
 * Each album is calibrated alone, as in suggestions.ts: members, each compared with the others, against photos of other
 * albums and random ones. The odds are then normalised over all albums, with odds of 1 for "none of them".
 */
async function confidencesOf(photos: Vectors, learned: readonly SampledAlbum[]): Promise<Confidences> {
  const scored: { scores: number[]; within: number[]; without: number[] }[] = []
  for (const { id, members } of learned) {
    const others = pick(
      learned.filter(other => other.id !== id).map(other => other.members),
      MOST_NEGATIVES,
      members.dimension,
    )
    const scores = await likeness(photos, members)
    const within = countOf(members) < 2 ? [] : await likenessWithin(members)
    scored.push({
      scores,
      within,
      without: [...(await likeness(others, members)), ...strideSample(scores, MOST_NEGATIVES)],
    })
    await setImmediate()
  }
  const all = (side: 'within' | 'without'): number[] =>
    strideSample(
      scored.flatMap(album => album[side]),
      MOST_POOLED,
    )
  // An album of one photo cannot be calibrated alone.
  const pooled = curveOf(all('within'), all('without'))
  const odds = scored.map(({ scores, within, without }) => {
    const curve = curveOf(within, without) ?? pooled
    return scores.map(score => {
      const confidence = Math.min(confidenceOf(score, curve), 1 - Number.EPSILON)
      return confidence / (1 - confidence)
    })
  })
  const totals = Array.from({ length: countOf(photos) }, (_, row) =>
    odds.reduce((sum, ofAlbum) => sum + ofAlbum[row]!, 1),
  )
  return odds.map(ofAlbum => ofAlbum.map((value, row) => value / totals[row]!))
}

const curveOf = (within: readonly number[], without: readonly number[]): Calibration | undefined =>
  within.length < 2 ? undefined : calibrate(within, without)

/** Returns at most `count` rows, spread over all the vectors. */
function pick(sets: readonly Vectors[], count: number, dimension: number): Vectors {
  const rows = sets.flatMap(set => Array.from({ length: countOf(set) }, (_, row) => ({ set, row })))
  const picked = strideSample(rows, count)
  const values = new Float32Array(picked.length * dimension)
  for (const [i, { set, row }] of picked.entries()) values.set(vectorAt(set, row), i * dimension)
  return { values, dimension }
}

/** Returns 1 less the margin between the two likeliest choices, "none of them" included. */
function uncertaintyOf(confidences: readonly number[]): number {
  const none = confidences.reduce((rest, p) => rest - p, 1)
  const [first = 1, second = 0] = [none, ...confidences].sort((a, b) => b - a)
  return 1 - (first - second)
}

/** Returns the mean cosine to the photo's nearest neighbours, at least 0. */
async function densityAt(view: IndexView, photo: PhotoId, vector: Float32Array): Promise<number> {
  const found = await view.search(vector, NEIGHBOURS + 1)
  const others = found.filter(({ id }) => id !== photo).slice(0, NEIGHBOURS)
  const sum = others.reduce((total, { distance }) => total + 1 - (distance * distance) / 2, 0)
  return Math.max(0, sum / Math.max(1, others.length))
}

/** Chooses rows one by one, each the one worth the most after a discount for its likeness to those chosen before. */
function chooseDiverse(
  candidates: readonly { readonly row: number; readonly worth: number }[],
  vectors: Vectors,
  limit: number,
): number[] {
  const chosen: number[] = []
  let left = candidates.map(candidate => ({ ...candidate, nearest: 0 }))
  while (chosen.length < limit && left.length > 0) {
    const best = left.reduce((a, b) => (b.worth * (1 - b.nearest) > a.worth * (1 - a.nearest) ? b : a))
    chosen.push(best.row)
    left = left
      .filter(candidate => candidate !== best)
      .map(candidate => ({
        ...candidate,
        nearest: Math.max(candidate.nearest, cosine(vectors, candidate.row, vectors, best.row)),
      }))
      .filter(({ nearest }) => nearest <= MOST_SIMILAR)
  }
  return chosen
}
