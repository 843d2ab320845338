import { setImmediate as nextTurn } from 'node:timers/promises'
import { Random } from '../../../shared/random.ts'
import type { Clustering } from './query-clusters.ts'
import type { RankedResult } from './retrieval-run.ts'

const FEWEST_PERMUTATIONS = 999
/** Permutations for each that may do as well: a p-value at the limit is then known to about a quarter of itself. */
const PERMUTATIONS_PER_CHANCE = 20
/** Permutations between two turns of the event loop. */
const PERMUTATIONS_AT_ONCE = 20

/** Rows that one query has among its ten nearest in one version only. */
interface Change {
  readonly row: number
  readonly come: readonly number[]
  readonly gone: readonly number[]
}

/**
 * Returns how likely so large a gain among the ten nearest would be if labels had nothing to do with photos (one-sided
 * p-value). The results of both versions stay as they are, and the labels of held-out photos are permuted within their
 * fold. The model of a fold has not seen these labels, so that under the null hypothesis every permutation is as likely
 * as the truth, however strongly the results depend on one another. Near-duplicates keep their common labels. The test says
 * nothing of labels that do mean something and a version that is no better: cluster-tests.ts does.
 *
 * Good, "Permutation, Parametric and Bootstrap Tests of Hypotheses", 2005, chapter 3.
 * @param limit the largest p-value that counts: a smaller one takes more permutations. Once it is certain that the p-value
 *   is larger, no more are drawn (Besag, Clifford, "Sequential Monte Carlo p-Values", Biometrika, 1991)
 */
export async function permutationPValue(
  { before, after }: { before: readonly RankedResult[]; after: readonly RankedResult[] },
  { labels: { albumsOf }, folds, groups }: Clustering,
  limit: number,
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
  const permuted = [...albumsOf]
  const gain = (): number => {
    let sum = 0
    for (const { row, come, gone } of changes) {
      const own = permuted[row]!
      for (const other of come) if (shareOne(own, permuted[other]!)) sum++
      for (const other of gone) if (shareOne(own, permuted[other]!)) sum--
    }
    return sum
  }
  const truth = gain()

  const groupsByFold = groupQueries(
    after.map(({ row }) => row),
    folds,
    groups,
  )
  const random = new Random(seed)
  const permutations = Math.max(FEWEST_PERMUTATIONS, Math.ceil(PERMUTATIONS_PER_CHANCE / limit))
  let asLarge = 0
  let drawn = 0
  while (drawn < permutations && asLarge < limit * (permutations + 1)) {
    for (const fold of groupsByFold) {
      const dealt = random.shuffled(fold.map(([first]) => albumsOf[first!]!))
      for (const [i, rows] of fold.entries()) for (const row of rows) permuted[row] = dealt[i]!
    }
    if (gain() >= truth) asLarge++
    drawn++
    if (drawn % PERMUTATIONS_AT_ONCE === 0) await nextTurn()
  }
  return (asLarge + 1) / (drawn + 1)
}

/** Returns the queries of each fold by their duplicate groups. */
function groupQueries(queries: readonly number[], folds: Int8Array, groups: Int32Array): number[][][] {
  const byFold = new Map<number, Map<number, number[]>>()
  for (const row of queries) {
    const fold = byFold.get(folds[row]!) ?? new Map<number, number[]>()
    byFold.set(folds[row]!, fold)
    const group = fold.get(groups[row]!)
    if (group) group.push(row)
    else fold.set(groups[row]!, [row])
  }
  return [...byFold.values()].map(fold => [...fold.values()])
}

function shareOne(a: readonly number[], b: readonly number[]): boolean {
  return a.some(album => b.includes(album))
}
