import { setImmediate } from 'node:timers/promises'
import type { PhotoId } from '../../../shared/ids.ts'
import type { Catalog } from '../../library/catalog/catalog.ts'
import { embedPhotos } from '../../retrieval/index/embed-photos.ts'
import type { ModelVersion } from '../../vision/model-versions.ts'

/** Unit vectors, row by row. */
export interface Vectors {
  readonly values: Float32Array
  readonly dimension: number
}

/** Nearest members that a photo is compared with. */
const NEAREST = 3
/** Products of vectors between two turns of the event loop: about 3 ms. */
const AT_ONCE = 10_000

/** Returns the embeddings of photos that have features. */
export async function vectorsOf(
  catalog: Catalog,
  version: ModelVersion,
  photos: readonly PhotoId[],
): Promise<Vectors> {
  const values = await embedPhotos(catalog, version, photos)
  return { values, dimension: version.head.dimension }
}

export const countOf = ({ values, dimension }: Vectors): number => values.length / dimension

export const vectorAt = ({ values, dimension }: Vectors, row: number): Float32Array =>
  values.slice(row * dimension, (row + 1) * dimension)

export function cosine(a: Vectors, i: number, b: Vectors, j: number): number {
  let sum = 0
  const [from, to] = [i * a.dimension, j * b.dimension]
  for (let at = 0; at < a.dimension; at++) sum += a.values[from + at]! * b.values[to + at]!
  return sum
}

/**
 * Returns how much each photo is like an album: its mean cosine to the three nearest members.
 * @param isSame whether a photo and a member are the same photo, which is then not compared with itself
 */
export async function likeness(
  photos: Vectors,
  members: Vectors,
  isSame: (photo: number, member: number) => boolean = () => false,
): Promise<number[]> {
  const scores: number[] = []
  const size = countOf(members)
  let products = 0
  for (let photo = 0; photo < countOf(photos); photo++) {
    products += size
    if (products > AT_ONCE) {
      products = 0
      await setImmediate()
    }
    const best: number[] = []
    for (let member = 0; member < size; member++) {
      if (isSame(photo, member)) continue
      const value = cosine(photos, photo, members, member)
      if (best.length === NEAREST && value <= best[NEAREST - 1]!) continue
      best.push(value)
      best.sort((a, b) => b - a)
      best.length = Math.min(best.length, NEAREST)
    }
    scores.push(best.length === 0 ? 0 : best.reduce((sum, value) => sum + value, 0) / best.length)
  }
  return scores
}

/** The same for the members themselves, each compared with the others. */
export const likenessWithin = (members: Vectors): Promise<number[]> =>
  likeness(members, members, (photo, member) => photo === member)
