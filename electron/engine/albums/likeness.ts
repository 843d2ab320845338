import { setImmediate } from 'node:timers/promises'

/** Unit vectors, row by row. */
export interface Vectors {
  readonly values: Float32Array
  readonly dimension: number
}

/** Nearest members that a photo is compared with. */
const NEAREST = 3
/** Photos compared before others get their turn. */
const AT_ONCE = 50

export const countOf = ({ values, dimension }: Vectors): number => values.length / dimension

export function cosine(a: Vectors, i: number, b: Vectors, j: number): number {
  let sum = 0
  const [from, to] = [i * a.dimension, j * b.dimension]
  for (let at = 0; at < a.dimension; at++) sum += a.values[from + at]! * b.values[to + at]!
  return sum
}

/**
 * How much each photo is like an album: its mean cosine to the three members nearest to it.
 * @param isSame whether a photo and a member are one: a photo does not speak for itself
 */
export async function likeness(
  photos: Vectors,
  members: Vectors,
  isSame: (photo: number, member: number) => boolean = () => false,
): Promise<number[]> {
  const scores: number[] = []
  for (let photo = 0; photo < countOf(photos); photo++) {
    if (photo % AT_ONCE === AT_ONCE - 1) await setImmediate()
    const best: number[] = []
    for (let member = 0; member < countOf(members); member++) {
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
