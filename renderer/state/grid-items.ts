/** The photos of a grid as columns: the same index in each column is the same photo. See PhotoList. */
export interface GridItems {
  readonly ids: ArrayLike<number>
  readonly aspects: ArrayLike<number>
  readonly colors: ArrayLike<number>
  readonly dates?: ArrayLike<number>
  readonly durations?: ArrayLike<number>
  readonly parts?: ArrayLike<number>
}

/** Returns the index of a photo in a column of ids, or -1. */
export const indexOfId = (ids: ArrayLike<number>, id: number | undefined): number =>
  Array.prototype.indexOf.call(ids, id)
