/** @file Similar search: from an embedding to the k nearest photos within limits and a selection. */
import type { PhotoId } from '../../shared/ids.ts'
import type { IndexView, Neighbour } from './index/index-view.ts'
import { scoreOf } from './index/score.ts'

/** The photos to which a search is restricted, such as those of a filter. */
export interface Selection {
  /** Returns all of them where they are known to be no more than `most`, otherwise undefined. */
  few(most: number): ReadonlySet<PhotoId> | undefined
  /** Returns those of the photos that belong to it. */
  of(photos: readonly PhotoId[]): ReadonlySet<PhotoId>
  all(): Promise<ReadonlySet<PhotoId>>
}

export interface SearchLimits {
  readonly k: number
  /** Scores, 0…1, both included. */
  readonly min: number
  readonly max: number
  /** Only these photos; absent: all. */
  readonly within?: Selection | undefined
}

export interface ScoredPhoto extends Neighbour {
  /** Cosine similarity, clamped to 0…1. */
  readonly score: number
}

/** So many photos are compared by themselves sooner than all of a large library. */
const FEW = 4096
/** So many of the nearest photos at most are looked through for a selection; beyond, comparing all of it is faster. */
const MOST_LOOKED_THROUGH = 4096
/** Times the wanted photos that are searched for at first, for the selection to leave enough of them. */
const AHEAD = 8
/** Margin on the number of photos that the share found so far asks for. */
const MARGIN = 1.5

/**
 * Returns the k photos nearest to an embedding that lie within the limits, nearest first, without the excluded ones.
 * Where photos are left out, it searches for more until k are found or none is left. Within a selection the result is
 * exact, whatever the index: a small selection is compared by itself, of a large one k are soon found among the nearest
 * of all.
 */
export async function findSimilar(
  index: IndexView,
  embedding: Float32Array,
  excluded: ReadonlySet<PhotoId>,
  limits: SearchLimits,
): Promise<ScoredPhoto[]> {
  const { k, within } = limits
  const wanted = k + excluded.size
  const notExcluded = (photos: readonly PhotoId[]): ReadonlySet<PhotoId> =>
    new Set(photos).difference(excluded)
  const fourfold = (asked: number): number => 4 * asked
  if (!within)
    return (await collect(asked => index.search(embedding, asked), notExcluded, limits, wanted, fourfold))!

  const few = within.few(FEW)
  if (!few && AHEAD * wanted <= MOST_LOOKED_THROUGH) {
    const selected = (photos: readonly PhotoId[]): ReadonlySet<PhotoId> =>
      within.of(photos).difference(excluded)
    const byShare = (asked: number, kept: number): number => {
      const next = Math.ceil((MARGIN * k * asked) / kept)
      return next > MOST_LOOKED_THROUGH ? Infinity : Math.max(next, asked + 1)
    }
    const search = (asked: number): Promise<Neighbour[]> => index.searchExactly(embedding, asked)
    const found = await collect(search, selected, limits, AHEAD * wanted, byShare)
    if (found) return found
  }
  const among = Uint32Array.from((few ?? (await within.all())).difference(excluded))
  const search = (asked: number): Promise<Neighbour[]> => index.searchAmong(embedding, asked, among)
  return (await collect(search, notExcluded, limits, k, fourfold))!
}

/**
 * Searches for more and more of the nearest photos until k of them are left.
 * @param keep returns those of the photos that may be in the result
 * @param first how many to search for at first
 * @param more how many to search for next, by how many were searched for and how many of them were left; infinite to
 * give up
 * @returns undefined where it was given up
 */
async function collect(
  search: (asked: number) => Promise<Neighbour[]>,
  keep: (photos: readonly PhotoId[]) => ReadonlySet<PhotoId>,
  { k, min, max }: SearchLimits,
  first: number,
  more: (asked: number, kept: number) => number,
): Promise<ScoredPhoto[] | undefined> {
  let asked = first
  while (asked < Infinity) {
    const found = await search(asked)
    const scored = found.map(({ id, distance }) => ({ id, distance, score: scoreOf(distance) }))
    const fitting = scored.filter(({ score }) => score <= max && score >= min)
    const ids = keep(fitting.map(({ id }) => id))
    const kept = fitting.filter(({ id }) => ids.has(id))
    const beyondMin = scored.length > 0 && scored.at(-1)!.score < min
    if (kept.length >= k || beyondMin || found.length < asked) return kept.slice(0, k)
    asked = more(asked, kept.length)
  }
  return undefined
}
