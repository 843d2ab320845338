import type { BackboneId, PhotoId } from '../../../shared/ids.ts'
import type { Catalog } from '../../library/catalog/catalog.ts'
import { PIPELINE_VERSION } from '../../library/pipeline-version.ts'
import type { Head } from '../../vision/head/head.ts'
import { indexHost } from './index-host.ts'

/** Photos embedded in one call. */
const CHUNK = 512

/** Which backbone's features become embeddings, and by which head. */
export interface EmbeddingSpace {
  readonly backboneId: BackboneId
  readonly head: Head
}

/** Returns the embeddings of photos, from their features in the catalog: `ids.length × dimension`. */
export async function embedPhotos(
  catalog: Catalog,
  { backboneId, head }: EmbeddingSpace,
  ids: readonly PhotoId[],
): Promise<Float32Array> {
  const embeddings = new Float32Array(ids.length * head.dimension)
  for (let from = 0; from < ids.length; from += CHUNK) {
    const rows = ids
      .slice(from, from + CHUNK)
      .map(id => catalog.features.get(backboneId, id, PIPELINE_VERSION)!)
    embeddings.set(await indexHost().call('embed', head, rows), from * head.dimension)
  }
  return embeddings
}
