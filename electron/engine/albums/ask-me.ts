import type { AlbumId, PhotoId } from '../../shared/ids.ts'
import type { Catalog } from '../catalog/catalog.ts'
import { normalise } from '../embed/head.ts'
import { embedPhotos } from '../evaluate/retrieval.ts'
import type { IndexView } from '../index/embedding-index.ts'
import { PIPELINE_VERSION } from '../media/decode.ts'
import { spreadSample } from '../train/sample.ts'
import { cosine, type Vectors } from './likeness.ts'

export interface AskedPhoto {
  readonly photo: PhotoId
  /** Albums that it may belong to, the most likely first. */
  readonly albums: readonly { readonly id: AlbumId; readonly confidence: number }[]
}

/** Photos without label that are considered. */
const CANDIDATES = 1000
/** Photos of an album that its centre is taken from. */
const CENTRED = 256
/** How sharply albums compete: cosines to their centres are divided by this before they become probabilities. */
const TEMPERATURE = 0.1
/** Choices offered for each photo. */
const CHOICES = 4
const NEIGHBOURS = 10
/** Photos this alike teach the same. */
const ALIKE = 0.95

/**
 * The photos whose label would teach the most: those that two albums claim alike, weighted by how many photos are like
 * them, each unlike those asked before (information density; Settles, "Active Learning Literature Survey", 2009).
 */
export async function askMe(catalog: Catalog, view: IndexView, limit: number): Promise<AskedPhoto[]> {
  const { members, albums } = catalog.albums.labels()
  const searchable = catalog.features.searchableIds(view.version.backboneId, PIPELINE_VERSION)
  const known = new Set(searchable)
  const filed = new Set(members.map(({ photoId }) => photoId))
  const photosOf = albums
    .filter(album => album.teaches)
    .map(({ id }) => ({
      id,
      photos: members.filter(({ albumId, photoId }) => albumId === id && known.has(photoId)),
    }))
    .filter(({ photos }) => photos.length > 0)
  if (photosOf.length < 2) return []
  const centres = await Promise.all(
    photosOf.map(({ photos }) =>
      centreOf(
        catalog,
        view,
        photos.map(({ photoId }) => photoId),
      ),
    ),
  )
  const ids = spreadSample(
    searchable.filter(id => !filed.has(id)),
    CANDIDATES,
  )
  const vectors = await embed(catalog, view, ids)
  const judged = ids.map((photo, row) => {
    const likely = probabilities(centres.map(centre => cosine(vectors, row, centre, 0)))
      .map((confidence, i) => ({ id: photosOf[i]!.id, confidence }))
      .sort((a, b) => b.confidence - a.confidence)
      .slice(0, CHOICES)
    return { photo, row, albums: likely, uncertainty: 1 - (likely[0]!.confidence - likely[1]!.confidence) }
  })
  // Density costs a search each: only the most uncertain are looked at.
  const uncertain = judged.sort((a, b) => b.uncertainty - a.uncertainty).slice(0, 12 * limit)
  const scored: ((typeof judged)[number] & { worth: number })[] = []
  for (const candidate of uncertain)
    scored.push({
      ...candidate,
      worth: candidate.uncertainty * (await density(view, vectors, candidate.row)),
    })
  scored.sort((a, b) => b.worth - a.worth)
  const chosen: typeof scored = []
  for (const candidate of scored) {
    if (chosen.length === limit) break
    const alike = chosen.some(other => cosine(vectors, candidate.row, vectors, other.row) > ALIKE)
    if (!alike) chosen.push(candidate)
  }
  return chosen.map(({ photo, albums: likely }) => ({ photo, albums: likely }))
}

/** Mean cosine to the photo's nearest: 1 in the thick of things, 0 for what is like nothing else. */
async function density(view: IndexView, vectors: Vectors, row: number): Promise<number> {
  const { values, dimension } = vectors
  const found = await view.search(values.slice(row * dimension, (row + 1) * dimension), NEIGHBOURS + 1)
  const others = found.slice(1)
  const sum = others.reduce((total, { distance }) => total + 1 - (distance * distance) / 2, 0)
  return Math.max(0, sum / Math.max(1, others.length))
}

function probabilities(cosines: readonly number[]): number[] {
  const highest = Math.max(...cosines)
  const weights = cosines.map(value => Math.exp((value - highest) / TEMPERATURE))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return weights.map(weight => weight / total)
}

async function centreOf(catalog: Catalog, view: IndexView, photos: readonly PhotoId[]): Promise<Vectors> {
  const { values, dimension } = await embed(catalog, view, spreadSample(photos, CENTRED))
  const centre = new Float32Array(dimension)
  for (const [at, value] of values.entries()) centre[at % dimension]! += value
  normalise(centre)
  return { values: centre, dimension }
}

async function embed(catalog: Catalog, view: IndexView, ids: readonly PhotoId[]): Promise<Vectors> {
  const values = await embedPhotos(catalog, view.version, ids)
  return { values, dimension: view.version.head.dimension }
}
