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
  /** Albums that it may belong to, the most likely first. */
  readonly albums: readonly { readonly id: AlbumId; readonly confidence: number }[]
}

/** Photos without label that are considered. */
const CANDIDATES = 1000
/** Photos that they are compared with: of all albums together, and of one. */
const COMPARED = 2048
const MOST_OF_ALBUM = 64
/** Photos of other albums that an album's confidence is learned from. */
const OTHERS = 300
/** Examples of all albums together, on either side. */
const POOLED = 1000
/** Choices offered for each photo. */
const CHOICES = 4
/** Candidates for each question whose neighbourhood is looked at: each costs a search. */
const LOOKED_AT = 12
const NEIGHBOURS = 10
/** Photos this alike teach the same. */
const ALIKE = 0.95

/** An album with some of its photos. */
interface Learned {
  readonly id: AlbumId
  readonly members: Vectors
}

/** For each album, how likely each photo belongs there. */
type Confidences = readonly (readonly number[])[]

/**
 * The photos whose label would teach the most: those of which it is unclear to which album they belong, or whether to
 * any, weighted by how many photos are like them, each unlike those asked before (information density; Settles, "Active
 * Learning Literature Survey", 2009).
 */
export async function askMe(catalog: Catalog, view: IndexView, limit: number): Promise<AskedPhoto[]> {
  const { albums } = catalog
  const learned = await learnAlbums(catalog, view)
  if (learned.length === 0) return []
  const photos = drawPhotos(
    view,
    CANDIDATES,
    `questions ${albums.revision}`,
    photo => !albums.isLabelled(photo),
  )
  const vectors = await vectorsOf(catalog, view.version, photos)
  const confidences = await confidencesOf(vectors, learned)
  const uncertainties = photos.map((_, row) => uncertaintyOf(confidences.map(ofAlbum => ofAlbum[row]!)))

  const rows = [...photos.keys()].sort((a, b) => uncertainties[b]! - uncertainties[a]!)
  const looked: { row: number; worth: number }[] = []
  for (const row of rows.slice(0, LOOKED_AT * limit)) {
    const density = await densityAt(view, photos[row]!, vectorAt(vectors, row))
    looked.push({ row, worth: uncertainties[row]! * density })
  }
  return chooseDiverse(looked, vectors, limit).map(row => ({
    photo: photos[row]!,
    albums: learned
      .map(({ id }, i) => ({ id, confidence: confidences[i]![row]! }))
      .sort((a, b) => b.confidence - a.confidence)
      .slice(0, CHOICES),
  }))
}

/** The albums that take part in learning, with as many photos of each as can be compared in a second. */
async function learnAlbums(catalog: Catalog, view: IndexView): Promise<Learned[]> {
  const teaching = catalog.albums.list().filter(({ teaches, photos }) => teaches && photos > 0)
  const share = Math.max(2, Math.min(MOST_OF_ALBUM, Math.floor(COMPARED / teaching.length)))
  const learned: Learned[] = []
  for (const { id } of teaching) {
    const photos = searchableMembers(catalog.albums, view, id, share)
    if (photos.length === 0) continue
    learned.push({ id, members: await vectorsOf(catalog, view.version, photos) })
  }
  return learned
}

/**
 * Each album judges alone, as in suggestions.ts: members without themselves against photos of other albums and random
 * ones. The odds become shares of one whole, in which "none of them" has odds of 1.
 */
async function confidencesOf(photos: Vectors, learned: readonly Learned[]): Promise<Confidences> {
  const judged: { scores: number[]; within: number[]; without: number[] }[] = []
  for (const { id, members } of learned) {
    const others = pick(
      learned.filter(other => other.id !== id).map(other => other.members),
      OTHERS,
      members.dimension,
    )
    const scores = await likeness(photos, members)
    const within = countOf(members) < 2 ? [] : await likenessWithin(members)
    judged.push({
      scores,
      within,
      without: [...(await likeness(others, members)), ...strideSample(scores, OTHERS)],
    })
    await setImmediate()
  }
  const all = (side: 'within' | 'without'): number[] =>
    strideSample(
      judged.flatMap(album => album[side]),
      POOLED,
    )
  // An album of one photo has no scores of its own.
  const pooled = curveOf(all('within'), all('without'))
  const odds = judged.map(({ scores, within, without }) => {
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

/** At most `count` rows, spread over all the vectors. */
function pick(sets: readonly Vectors[], count: number, dimension: number): Vectors {
  const rows = sets.flatMap(set => Array.from({ length: countOf(set) }, (_, row) => ({ set, row })))
  const picked = strideSample(rows, count)
  const values = new Float32Array(picked.length * dimension)
  for (const [i, { set, row }] of picked.entries()) values.set(vectorAt(set, row), i * dimension)
  return { values, dimension }
}

/** How little the likeliest album, or none of them, stands out from the next: 0…1. */
function uncertaintyOf(confidences: readonly number[]): number {
  const none = confidences.reduce((rest, p) => rest - p, 1)
  const [first = 1, second = 0] = [none, ...confidences].sort((a, b) => b - a)
  return 1 - (first - second)
}

/** Mean cosine to the photo's nearest: 1 in the thick of things, 0 for what is like nothing else. */
async function densityAt(view: IndexView, photo: PhotoId, vector: Float32Array): Promise<number> {
  const found = await view.search(vector, NEIGHBOURS + 1)
  const others = found.filter(({ id }) => id !== photo).slice(0, NEIGHBOURS)
  const sum = others.reduce((total, { distance }) => total + 1 - (distance * distance) / 2, 0)
  return Math.max(0, sum / Math.max(1, others.length))
}

/** Row after row what is worth the most, less the more it is like what was chosen before. */
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
      .filter(({ nearest }) => nearest <= ALIKE)
  }
  return chosen
}
