import { KindredError } from '../../../shared/errors.ts'
import type { Random } from '../../../shared/random.ts'
import { drawDistinct } from '../training/draw-distinct.ts'

/** Draws batches in which each photo has positives and negatives. */
export class BatchDrawer {
  readonly #members: readonly (readonly number[])[]

  /**
   * @param classes of each photo; a photo that is alone in its class is never drawn
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
    return drawDistinct(this.#members, classCount, random).flatMap(members =>
      drawDistinct(members, photoCount, random),
    )
  }
}
