import type { PhotoId } from '../../../shared/ids.ts'
import type { TrainingReport } from '../../../shared/training-report.ts'
import type { Catalog } from '../../library/catalog/catalog.ts'
import { embedPhotos, type EmbeddingSpace } from '../../retrieval/index/embed-photos.ts'
import type { Layout } from './map-layout.ts'
import { strideSample } from '../../../shared/stride-sample.ts'
import type { TrainingSet } from '../labels/training-set.ts'

/** The most photos on the map, with a label and without. */
const MOST_LABELLED = 700
const MOST_OTHERS = 300

export interface MapTask {
  readonly catalog: Catalog
  readonly set: TrainingSet
  /** Photos without label. */
  readonly others: readonly PhotoId[]
  readonly before: EmbeddingSpace
  readonly after: EmbeddingSpace
}

/** Lays embeddings out in the plane, see map-layout.ts. It takes seconds, so a thread does it. */
export type LayOut = (
  embeddings: Float32Array,
  dimension: number,
  seed: number,
  like?: Layout,
) => Promise<Layout>

/** Returns the library in two dimensions, in the version before and in the one after. */
export async function drawMap(
  layOut: LayOut,
  { catalog, set, others, before, after }: MapTask,
  seed: number,
): Promise<TrainingReport['map']> {
  const rows = [...set.ids.keys()].filter(row => set.labels.albumsOf[row]!.length > 0)
  const chosen = strideSample(rows, MOST_LABELLED)
  const beside = strideSample(others, MOST_OTHERS)
  const ids = [...chosen.map(row => set.ids[row]!), ...beside]
  const embeddingsBefore = await embedPhotos(catalog, before, ids)
  const layoutBefore = await layOut(embeddingsBefore, before.head.dimension, seed)
  const embeddingsAfter = await embedPhotos(catalog, after, ids)
  return {
    ids,
    albums: [...chosen.map(row => set.labels.albumsOf[row]![0]!), ...beside.map(() => -1)],
    albumNames: set.albumNames,
    before: layoutBefore,
    after: await layOut(embeddingsAfter, after.head.dimension, seed, layoutBefore),
  }
}
