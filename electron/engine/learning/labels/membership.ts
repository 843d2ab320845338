import { quantile } from '../../../shared/quantile.ts'

/** What an album's own photos and the others tell of a likeness to it. */
export interface AlbumStanding {
  /** The mean likeness of its photos to its other photos; undefined for an album of one. */
  readonly coherence: number | undefined
  /** Of a hundred photos in no album, one is more like it than this: few of them belong to it. */
  readonly reach: number
}

/**
 * Logistic models of how far a likeness lies above an album's coherence and its reach. Fitted on suggestions for albums of
 * 2 to 20 photos, of half the kinds each of Oxford 102 Flowers, of a set of groceries and of Caltech-101, under the bundled version
 * (test/bench/calibration/suggestions.ts, docs/training.md). A curve for each album, fitted on its members and on
 * photos drawn at random, misses what is suggested: the likest of all.
 */
const aboveCoherence = 7.05
const aboveReach = 17.79
const offset = -1.41
const ofOnePhoto = { aboveReach: 18.92, offset: -1.31 }

/** Nothing is more certain: of two albums that a photo is very like, both count. */
const MOST_ODDS = 1e6

/**
 * @param within likeness of each of an album's photos to its others; empty for an album of one
 * @param outside likeness of photos in no album, at least one
 */
export const standingOf = (within: readonly number[], outside: readonly number[]): AlbumStanding => ({
  coherence:
    within.length < 2 ? undefined : within.reduce((sum, likeness) => sum + likeness, 0) / within.length,
  reach: quantile(outside, 0.99),
})

/** Returns the odds that a photo in no album belongs to this one. */
export function membershipOdds(likeness: number, { coherence, reach }: AlbumStanding): number {
  const logOdds =
    coherence === undefined
      ? ofOnePhoto.aboveReach * (likeness - reach) + ofOnePhoto.offset
      : aboveCoherence * (likeness - coherence) + aboveReach * (likeness - reach) + offset
  return Math.min(MOST_ODDS, Math.exp(logOdds))
}
