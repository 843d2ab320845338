import { dirname } from 'node:path'
import { KindredError } from '../../../shared/errors.ts'
import type { PhotoId } from '../../../shared/ids.ts'
import type { EvaluateResult } from '../../../shared/results.ts'
import type { Catalog } from '../../library/catalog/catalog.ts'
import type { ModelVersion } from '../../vision/model-versions.ts'
import type { ProgressMeter } from '../../runtime/jobs/progress.ts'
import { PIPELINE_VERSION } from '../../library/pipeline-version.ts'
import { summariseInThread } from './figures-host.ts'
import { HELD_OUT } from '../labels/folds.ts'
import { collectLabels } from '../labels/collect-labels.ts'
import { requireEnough } from '../labels/training-set.ts'
import { heldOutQueries } from './held-out-queries.ts'
import { runQueries, type RetrievalProblem } from './retrieval-run.ts'

export interface ClassifiedPhotos extends RetrievalProblem {
  /** Photos left out because they lie in folders of several classes. */
  readonly ambiguous: number
}

/** Returns the photos with the folder that each lies in as its class. A photo in several folders has no class. */
export function classesByFolder(catalog: Catalog, version: ModelVersion): ClassifiedPhotos {
  const folders = new Map<PhotoId, Set<string>>()
  for (const { photoId, path } of catalog.files.present()) {
    const known = folders.get(photoId!)
    if (known) known.add(dirname(path))
    else folders.set(photoId!, new Set([dirname(path)]))
  }
  const numbers = new Map<string, number>()
  const ids: PhotoId[] = []
  const classesOf: number[][] = []
  let ambiguous = 0
  for (const id of catalog.features.searchableIds(version.backboneId, PIPELINE_VERSION)) {
    const [folder, ...others] = folders.get(id) ?? []
    if (folder === undefined) continue
    if (others.length > 0) {
      ambiguous++
      continue
    }
    const number = numbers.get(folder) ?? numbers.size
    numbers.set(folder, number)
    ids.push(id)
    classesOf.push([number])
  }
  return { ids, classesOf, queries: [...ids.keys()], ambiguous }
}

/**
 * Returns the photos with their albums as classes; the queries are the photos held out from all training.
 * @throws KindredError `no-albums`
 */
export function heldOutByAlbum(catalog: Catalog, version: ModelVersion): ClassifiedPhotos {
  const set = collectLabels(catalog, version.backboneId)
  requireEnough(set)
  const seen = catalog.trainings.seen(version.headId)
  return { ...heldOutQueries(set, HELD_OUT, seen), ambiguous: 0 }
}

/**
 * Measures the retrieval quality of a model version, leave-one-out. Photos whose class has no other photo can be found,
 * but are no queries.
 * @throws KindredError `no-classes`
 */
export async function evaluate(
  catalog: Catalog,
  version: ModelVersion,
  photos: ClassifiedPhotos,
  progress: ProgressMeter,
  signal: AbortSignal,
  split: EvaluateResult['split'] = 'folders',
): Promise<EvaluateResult> {
  const started = performance.now()
  progress.begin('evaluating', photos.queries.length)
  const results = await runQueries(catalog, version, photos, signal, count => progress.advance(count))
  if (results.length === 0)
    throw new KindredError('no-classes', 'No two photos have the same class, so there is nothing to measure.')
  return {
    ...(await summariseInThread(results)),
    split,
    model: version.name,
    photos: photos.ids.length,
    classes: new Set(results.flatMap(({ row }) => photos.classesOf[row]!)).size,
    ambiguous: photos.ambiguous,
    seconds: (performance.now() - started) / 1000,
  }
}
