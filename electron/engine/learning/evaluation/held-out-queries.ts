import type { PhotoId } from '../../../shared/ids.ts'
import { isTrainable, type TrainingSet } from '../labels/training-set.ts'
import type { RetrievalProblem } from './retrieval-run.ts'

/**
 * Returns the retrieval problem in which the photos of one fold are the queries, among all labelled photos.
 * @param seen photos that the version before was trained on: they would favour it
 */
export function heldOutQueries(set: TrainingSet, fold: number, seen: ReadonlySet<PhotoId>): RetrievalProblem {
  const queries = [...set.ids.keys()].filter(
    row => set.folds[row] === fold && !seen.has(set.ids[row]!) && isTrainable(set, row),
  )
  return { ids: set.ids, classesOf: set.labels.albumsOf, queries, groups: set.groups }
}
