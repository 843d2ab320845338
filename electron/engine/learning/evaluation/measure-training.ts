/** @file Measures a trained candidate against the version in use, and lets the gate decide between them. */

import type { PhotoId } from '../../../shared/ids.ts'
import type { GateDecision, TrainingMeasurements, TrainingReport } from '../../../shared/training-report.ts'
import { strideSample } from '../../../shared/stride-sample.ts'
import type { Catalog } from '../../library/catalog/catalog.ts'
import { PIPELINE_VERSION } from '../../library/pipeline-version.ts'
import { embedPhotos, type EmbeddingSpace } from '../../retrieval/index/embed-photos.ts'
import type { ModelVersion } from '../../vision/model-versions.ts'
import { splitLabelled, type TrainingSet } from '../labels/training-set.ts'
import { lookAt } from './error-spending.ts'
import { figuresHost } from './figures-host.ts'
import { UNASKED } from './gate.ts'
import { compareNeighbourhoods, type Space } from './neighbourhood-preservation.ts'
import { drawMap, type LayOut } from './report-map.ts'
import { typicalQuery } from './typical-query.ts'
import type { RankedResult } from './retrieval-run.ts'

/** Photos in no album whose neighbourhoods are compared. */
const NEIGHBOURHOOD_SAMPLE = 2000

/** The results of the same queries in three versions. */
export interface ComparedResults {
  readonly before: RankedResult[]
  readonly after: RankedResult[]
  /** Of the version that came with the program. */
  readonly baseline: RankedResult[]
}

/** What a training has produced, before the gate has decided. */
export interface Candidate {
  /** Whether the head alone was trained, or the whole network. */
  readonly kind: 'trained' | 'deep'
  readonly space: EmbeddingSpace
  readonly results: ComparedResults
  /** Folds whose photos were queries. */
  readonly folds: number
  readonly backend: string
  readonly curve: TrainingReport['curve']
}

export interface MeasuringTools {
  readonly catalog: Catalog
  readonly active: ModelVersion
  readonly bundled: ModelVersion
  readonly layOut: LayOut
  readonly now: () => number
}

/** A report that lacks only the name of the version. */
export type MeasuredTraining = Omit<TrainingMeasurements, 'model'> & GateDecision

/** @param startedAt when the training began, by `performance.now()` */
export async function measureTraining(
  { catalog, active, bundled, layOut, now }: MeasuringTools,
  set: TrainingSet,
  { kind, space, results, folds, backend, curve }: Candidate,
  seed: number,
  startedAt: number,
): Promise<MeasuredTraining> {
  const isFirst = active.headId === bundled.headId
  const sample = neighbourhoodSample(catalog, active, set).filter(id =>
    catalog.features.has(space.backboneId, id, PIPELINE_VERSION),
  )
  const inSpace = async (version: EmbeddingSpace): Promise<Space> => ({
    embeddings: await embedPhotos(catalog, version, sample),
    dimension: version.head.dimension,
  })
  const neighbours = await compareNeighbourhoods(
    await inSpace(active),
    await inSpace(space),
    isFirst ? undefined : await inSpace(bundled),
  )
  const { learned, heldOut } = splitLabelled(set)
  const look = lookAt(catalog.trainings.heldOutSinceAccepted(UNASKED), heldOut.length)
  const compared = isFirst ? { ...results, baseline: results.before } : results
  const learnedBefore = learnedAlbums(set, catalog.trainings.seen(active.headId))
  const weighed = await figuresHost().call('weighResults', compared, set, look, learnedBefore, {
    ok: neighbours.ok,
  })
  const compare = { catalog, set, others: sample, before: active, after: space }
  const map = await drawMap(layOut, compare, seed)
  const typical = await typicalQuery(compare)
  return {
    ...weighed,
    previous: active.name,
    albums: set.labels.trainable.size,
    photos: learned.length + heldOut.length,
    heldOut: heldOut.length,
    seconds: (performance.now() - startedAt) / 1000,
    seed,
    createdAt: now(),
    folds,
    backend,
    deep: kind === 'deep',
    curve,
    neighbours,
    tooSmall: set.tooSmall,
    map,
    typical,
  }
}

/** Returns the albums that a version has learned photos of. */
function learnedAlbums({ ids, labels }: TrainingSet, seen: ReadonlySet<PhotoId>): Set<number> {
  return new Set(ids.flatMap((id, row) => (seen.has(id) ? labels.albumsOf[row]! : [])))
}

/** Returns the photos in no album whose neighbourhoods are compared: a candidate needs their features. */
export function neighbourhoodSample(catalog: Catalog, version: ModelVersion, set: TrainingSet): PhotoId[] {
  const labelled = new Set(set.ids)
  const unlabelled = catalog.features
    .searchableIds(version.backboneId, PIPELINE_VERSION)
    .filter(id => !labelled.has(id))
  return strideSample(unlabelled, NEIGHBOURHOOD_SAMPLE)
}
