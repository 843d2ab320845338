/** The photos of a grid as columns: the same index in each column is the same photo. See PhotoList. */
export interface GridItems {
  readonly ids: ArrayLike<number>
  readonly aspects: ArrayLike<number>
  readonly colors: ArrayLike<number>
  readonly durations?: ArrayLike<number>
  readonly parts?: ArrayLike<number>
}

/** Headings over groups of photos that follow one another. */
export interface Headings {
  /** The first photo of each group, ascending and from 0. */
  readonly starts: readonly number[]
  readonly groups: readonly Heading[]
}

export interface Heading {
  readonly text: string
  /** What stands beside it, such as how many photos. */
  readonly about: string
  /** For the scrubber. */
  readonly year: number
}

/** Returns the index of a photo in a column of ids, or -1. */
export const indexOfId = (ids: ArrayLike<number>, id: number | undefined): number =>
  Array.prototype.indexOf.call(ids, id)
