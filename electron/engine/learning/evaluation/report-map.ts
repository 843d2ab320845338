import type { PhotoId } from '../../../shared/ids.ts'
import type { TrainingReport } from '../../../shared/results.ts'
import type { Catalog } from '../../library/catalog/catalog.ts'
import { embedPhotos, type EmbeddingSpace } from '../../retrieval/embed-photos.ts'
import type { Layout } from './map-layout.ts'
import { strideSample } from '../../../shared/stride-sample.ts'
import type { TrainingSet } from '../labels/training-set.ts'

/** Photos on the map: labelled ones, and others beside them. */
const LABELLED = 700
const OTHERS = 300

export interface MapQuestion {
  readonly catalog: Catalog
  readonly set: TrainingSet
  /** Photos without label. */
  readonly others: readonly PhotoId[]
  readonly before: EmbeddingSpace
  readonly after: EmbeddingSpace
}

/** Lays embeddings out in the plane, see map-layout.ts; it takes seconds, so a thread does it. */
export type LayOut = (
  embeddings: Float32Array,
  dimension: number,
  seed: number,
  like?: Layout,
) => Promise<Layout>

/** The library in two dimensions, under the version before and the one after. */
export async function drawMap(
  layOut: LayOut,
  { catalog, set, others, before, after }: MapQuestion,
  seed: number,
): Promise<TrainingReport['map']> {
  const rows = [...set.ids.keys()].filter(row => set.labels.albumsOf[row]!.length > 0)
  const chosen = strideSample(rows, LABELLED)
  const beside = strideSample(others, OTHERS)
  const ids = [...chosen.map(row => set.ids[row]!), ...beside]
  const layouts = {
    before: await layOut(await embedPhotos(catalog, before, ids), before.head.dimension, seed),
  }
  const embeddings = await embedPhotos(catalog, after, ids)
  return {
    ids,
    albums: [...chosen.map(row => set.labels.albumsOf[row]![0]!), ...beside.map(() => -1)],
    albumNames: set.albumNames,
    ...layouts,
    after: await layOut(embeddings, after.head.dimension, seed, layouts.before),
  }
}
