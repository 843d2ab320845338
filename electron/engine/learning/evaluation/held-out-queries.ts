import type { PhotoId } from '../../../shared/ids.ts'
import { isTrainable, type TrainingSet } from '../labels/training-set.ts'
import type { RetrievalProblem } from './retrieval-run.ts'

/**
 * Returns the retrieval problem in which the photos of one fold are the queries, among all labelled photos.
 * @param seen photos that the version before was trained on: they and their near-duplicates would favour it
 */
export function heldOutQueries(set: TrainingSet, fold: number, seen: ReadonlySet<PhotoId>): RetrievalProblem {
  const rows = [...set.ids.keys()]
  const seenGroups = new Set(rows.filter(row => seen.has(set.ids[row]!)).map(row => set.groups[row]!))
  const queries = rows.filter(
    row => set.folds[row] === fold && !seenGroups.has(set.groups[row]!) && isTrainable(set, row),
  )
  return { ids: set.ids, classesOf: set.labels.albumsOf, queries, groups: set.groups }
}
