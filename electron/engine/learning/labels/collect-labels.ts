import type { BackboneId, PhotoId } from '../../../shared/ids.ts'
import type { Catalog } from '../../library/catalog/catalog.ts'
import { PIPELINE_VERSION } from '../../library/pipeline-version.ts'
import type { AlbumLabels } from '../../library/rows.ts'
import { trainingSet, type TrainingSet } from './training-set.ts'

/** The tables that labels are read from. */
export type LabelTables = Pick<Catalog, 'albums' | 'features' | 'trainings'>

/**
 * Returns the labels of a library as rows.
 * @param searchable the photos that can be reached and have features
 */
export function collectLabels(
  catalog: LabelTables,
  backbone: BackboneId,
  labels: AlbumLabels = catalog.albums.labels(),
  searchable: ReadonlySet<PhotoId> = new Set(catalog.features.searchableIds(backbone, PIPELINE_VERSION)),
): TrainingSet {
  const ids = labelledPhotos(labels).filter(id => searchable.has(id))
  const photos = new Map(ids.map(id => [id, catalog.trainings.photo(id)!] as const))
  return trainingSet(labels, photos, id => catalog.features.asFloat32(backbone, id, PIPELINE_VERSION))
}

/** Stores each photo's fold, so that later versions are measured on photos that earlier ones were not trained on. */
export function keepFolds(catalog: Catalog, set: TrainingSet): void {
  catalog.transaction(() => {
    for (const [row, id] of set.ids.entries()) catalog.trainings.setFold(id, set.folds[row]!)
  })
}

/** Returns every photo that occurs in a label. */
export function labelledPhotos({ members, refused, notLike }: AlbumLabels): PhotoId[] {
  const inAlbums = [...members, ...refused].map(({ photoId }) => photoId)
  const inPairs = notLike.flatMap(({ anchor, negative }) => [anchor, negative])
  return [...new Set([...inAlbums, ...inPairs])]
}
