import { setImmediate as nextTurn } from 'node:timers/promises'
import { Random } from '../../../shared/random.ts'
import type { RankedResult } from './retrieval-run.ts'

const SWAPS = 999
/** Swaps between two turns of the event loop. */
const SWAPS_AT_ONCE = 20

/** Photos that ask one another, by rows. */
export interface Labelled {
  readonly labels: { readonly albumsOf: readonly (readonly number[])[] }
  readonly folds: Int8Array
  readonly groups: Int32Array
}

/** Rows that one query finds among its first ten with one version only. */
interface Change {
  readonly row: number
  readonly come: readonly number[]
  readonly gone: readonly number[]
}

/**
 * How likely so large a gain among the first ten answers would be if labels had nothing to do with photos: the answers
 * of both versions stay as they are, and the labels of held-out photos are swapped among them, within their fold. What
 * was trained for a fold has not seen these labels, so that under this hypothesis every swap is as good as the truth,
 * however closely the answers hang together. Photos of one moment keep a label in common.
 *
 * A permutation test: Good, "Permutation, Parametric and Bootstrap Tests of Hypotheses", 2005, chapter 3.
 */
export async function permutationPValue(
  { before, after }: { before: readonly RankedResult[]; after: readonly RankedResult[] },
  { labels: { albumsOf }, folds, groups }: Labelled,
  seed = 1,
): Promise<number> {
  const changes = after.map(({ row, nearest }, i): Change => {
    const [old, fresh] = [new Set(before[i]!.nearest), new Set(nearest)]
    return {
      row,
      come: nearest.filter(other => !old.has(other)),
      gone: before[i]!.nearest.filter(other => !fresh.has(other)),
    }
  })
  const swapped = [...albumsOf]
  const gain = (): number => {
    let sum = 0
    for (const { row, come, gone } of changes) {
      const own = swapped[row]!
      for (const other of come) if (shareOne(own, swapped[other]!)) sum++
      for (const other of gone) if (shareOne(own, swapped[other]!)) sum--
    }
    return sum
  }
  const truth = gain()

  const moments = heldOutMoments(
    after.map(({ row }) => row),
    folds,
    groups,
  )
  const random = new Random(seed)
  let asLarge = 0
  for (let swap = 1; swap <= SWAPS; swap++) {
    for (const fold of moments) {
      const dealt = random.shuffled(fold.map(([first]) => albumsOf[first!]!))
      for (const [i, rows] of fold.entries()) for (const row of rows) swapped[row] = dealt[i]!
    }
    if (gain() >= truth) asLarge++
    if (swap % SWAPS_AT_ONCE === 0) await nextTurn()
  }
  return (asLarge + 1) / (SWAPS + 1)
}

/** For each fold its queries, those of one moment together. */
function heldOutMoments(queries: readonly number[], folds: Int8Array, groups: Int32Array): number[][][] {
  const byFold = new Map<number, Map<number, number[]>>()
  for (const row of queries) {
    const fold = byFold.get(folds[row]!) ?? new Map<number, number[]>()
    byFold.set(folds[row]!, fold)
    const moment = fold.get(groups[row]!)
    if (moment) moment.push(row)
    else fold.set(groups[row]!, [row])
  }
  return [...byFold.values()].map(fold => [...fold.values()])
}

function shareOne(a: readonly number[], b: readonly number[]): boolean {
  return a.some(album => b.includes(album))
}
