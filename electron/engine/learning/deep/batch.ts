import { KindredError } from '../../../shared/errors.ts'
import type { Random } from '../../../shared/random.ts'

/** Draws batches in which each photo has others of its class and others of other classes. */
export class BatchDrawer {
  readonly #members: readonly (readonly number[])[]

  /**
   * @param classes of each photo; one that is alone in its class is never drawn
   * @throws KindredError `no-albums` where no two classes have two photos
   */
  constructor(classes: Int32Array) {
    const photos = [...classes.keys()]
    this.#members = [...Map.groupBy(photos, photo => classes[photo]).values()].filter(
      members => members.length > 1,
    )
    if (this.#members.length < 2)
      throw new KindredError('no-albums', 'There are no two kinds of photos to learn to tell apart.')
  }

  /**
   * @param classCount how many classes, or all where there are fewer
   * @param photoCount how many photos of each, or all where it has fewer
   * @returns different photos
   */
  draw(classCount: number, photoCount: number, random: Random): number[] {
    return sample(this.#members, classCount, random).flatMap(members => sample(members, photoCount, random))
  }
}

/** Different items, or all where there are fewer (Fisher and Yates, stopped early). */
function sample<T>(items: readonly T[], count: number, random: Random): T[] {
  const rest = [...items]
  const taken = Math.min(count, rest.length)
  for (let i = 0; i < taken; i++) {
    const j = random.int(i, rest.length - 1)
    ;[rest[i], rest[j]] = [rest[j]!, rest[i]!]
  }
  return rest.slice(0, taken)
}
