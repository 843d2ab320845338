import type { PhotoId } from '../../shared/ids.ts'
import type { IndexView, Neighbour } from './index/index-view.ts'
import { scoreOf } from './query.ts'

/** The photos that may be answers. */
export interface Selection {
  /** All of them, where they are known to be so few at most; otherwise undefined. */
  few(most: number): ReadonlySet<PhotoId> | undefined
  /** Those of the photos that may. */
  of(photos: readonly PhotoId[]): ReadonlySet<PhotoId>
  all(): Promise<ReadonlySet<PhotoId>>
}

export interface SearchLimits {
  readonly k: number
  /** Scores, 0…1, both included. */
  readonly min: number
  readonly max: number
  /** Only these photos; all, where it is absent. */
  readonly within?: Selection | undefined
}

export interface ScoredPhoto extends Neighbour {
  /** Cosine similarity, clamped to 0…1. */
  readonly score: number
}

/** So many photos are compared by themselves sooner than all of a large library. */
const FEW = 4096
/** Among so many of the nearest photos those that may be answers are looked for; then it is better to know all that may. */
const MOST_LOOKED_THROUGH = 4096
/** How many times the photos that are wanted are looked through at first. */
const AHEAD = 8
/** How many times as many as by the share found so far. */
const MARGIN = 1.5

/**
 * The k photos nearest to an embedding that lie within the limits, nearest first; the excluded ones are left out.
 * Where photos are left out, more are asked for until k are found or none is left. Within a selection the answer is
 * exact, whatever the index: a small one is compared by itself; of a large one k are soon found among the nearest of all.
 */
export async function findSimilar(
  index: IndexView,
  embedding: Float32Array,
  excluded: ReadonlySet<PhotoId>,
  limits: SearchLimits,
): Promise<ScoredPhoto[]> {
  const { k, within } = limits
  const wanted = k + excluded.size
  const others = (photos: readonly PhotoId[]): ReadonlySet<PhotoId> => new Set(photos).difference(excluded)
  const fourfold = (ask: number): number => 4 * ask
  if (!within) return (await collect(ask => index.search(embedding, ask), others, limits, wanted, fourfold))!

  const few = within.few(FEW)
  if (!few) {
    const chosen = (photos: readonly PhotoId[]): ReadonlySet<PhotoId> =>
      within.of(photos).difference(excluded)
    const byShare = (ask: number, kept: number): number => {
      const next = Math.ceil((MARGIN * k * ask) / kept)
      return next > MOST_LOOKED_THROUGH ? Infinity : Math.max(next, ask + 1)
    }
    const search = (ask: number): Promise<Neighbour[]> => index.searchExactly(embedding, ask)
    const found = await collect(search, chosen, limits, AHEAD * wanted, byShare)
    if (found) return found
  }
  const among = Uint32Array.from((few ?? (await within.all())).difference(excluded))
  return (await collect(ask => index.searchAmong(embedding, ask, among), others, limits, k, fourfold))!
}

/**
 * Asks for more and more of the nearest photos until k of them are left.
 * @param chosen those that may be answers
 * @param more how many to ask for next, by how many were asked for and how many of them were left; infinite to give up
 * @returns undefined where it was given up
 */
async function collect(
  search: (ask: number) => Promise<Neighbour[]>,
  chosen: (photos: readonly PhotoId[]) => ReadonlySet<PhotoId>,
  { k, min, max }: SearchLimits,
  first: number,
  more: (ask: number, kept: number) => number,
): Promise<ScoredPhoto[] | undefined> {
  for (let ask = first, kept: ScoredPhoto[]; ask < Infinity; ask = more(ask, kept.length)) {
    const found = await search(ask)
    const scored = found.map(({ id, distance }) => ({ id, distance, score: scoreOf(distance) }))
    const fitting = scored.filter(({ score }) => score <= max && score >= min)
    const ids = chosen(fitting.map(({ id }) => id))
    kept = fitting.filter(({ id }) => ids.has(id))
    const beyondMin = scored.length > 0 && scored.at(-1)!.score < min
    if (kept.length >= k || beyondMin || found.length < ask) return kept.slice(0, k)
  }
  return undefined
}
