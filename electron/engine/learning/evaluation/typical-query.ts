import type { PhotoId } from '../../../shared/ids.ts'
import { strideSample } from '../../../shared/stride-sample.ts'
import type { TrainingReport } from '../../../shared/training-report.ts'
import type { Catalog } from '../../library/catalog/catalog.ts'
import type { EmbeddingSpace } from '../../retrieval/index/embed-photos.ts'
import { HELD_OUT } from '../labels/folds.ts'
import type { TrainingSet } from '../labels/training-set.ts'
import { searchAmong } from './retrieval-run.ts'

/** Photos that are shown for the query, and queries that are looked at. */
const SHOWN = 6
const QUERIES = 300

export interface TypicalQueryTask {
  readonly catalog: Catalog
  readonly set: TrainingSet
  /** Photos without label, among which the labelled ones must be found. */
  readonly others: readonly PhotoId[]
  readonly before: EmbeddingSpace
  readonly after: EmbeddingSpace
}

type TypicalQuery = NonNullable<TrainingReport['typical']>

/**
 * Returns a held-out photo with its nearest photos in the version before and in the one after, for people to see what a
 * training has changed. Of the photos for which the number of hits has changed it is the one in the middle, so that it
 * shows neither the best nor the worst; null where none has changed.
 */
export async function typicalQuery(task: TypicalQueryTask): Promise<TypicalQuery | null> {
  const { set, others } = task
  const ids = [...set.ids, ...others]
  const albumsOf = (row: number): readonly number[] => set.labels.albumsOf[row] ?? []
  const heldOut = [...set.ids.keys()].filter(row => set.folds[row] === HELD_OUT && albumsOf(row).length > 0)
  const queries = strideSample(heldOut, QUERIES)
  const isHit = (query: number, row: number): boolean =>
    albumsOf(row).some(album => albumsOf(query).includes(album))

  const [before, after] = [
    await nearest(task, 'before', ids, queries),
    await nearest(task, 'after', ids, queries),
  ]
  const hits = (found: readonly number[], query: number): number =>
    found.filter(row => isHit(query, row)).length
  const changed = queries
    .map((query, n) => ({ query, n, gain: hits(after[n]!, query) - hits(before[n]!, query) }))
    .filter(({ gain }) => gain !== 0)
    .sort((a, b) => a.gain - b.gain)
  const middle = changed[Math.floor(changed.length / 2)]
  if (!middle) return null
  const shown = (found: readonly number[]): TypicalQuery['before'] => ({
    ids: found.map(row => ids[row]!),
    hits: found.map(row => isHit(middle.query, row)),
  })
  return {
    photo: ids[middle.query]!,
    queries: queries.length,
    changed: changed.length,
    better: changed.filter(({ gain }) => gain > 0).length,
    before: shown(before[middle.n]!),
    after: shown(after[middle.n]!),
  }
}

/** Returns the rows of the photos nearest to each query, without the query itself. */
async function nearest(
  { catalog, ...task }: TypicalQueryTask,
  version: 'before' | 'after',
  ids: readonly PhotoId[],
  queries: readonly number[],
): Promise<number[][]> {
  const results: number[][] = []
  await searchAmong(catalog, task[version], ids, queries, SHOWN + 1, (batch, found) => {
    const k = found.length / batch.length
    for (const [i, query] of batch.entries()) {
      const rows = Array.from(found.subarray(i * k, (i + 1) * k), row => row - 1)
      results.push(rows.filter(row => row !== query).slice(0, SHOWN))
    }
  })
  return results
}
