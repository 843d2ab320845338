import type { PhotoId } from '../../../shared/ids.ts'
import type { Catalog } from '../../library/catalog/catalog.ts'
import { PIPELINE_VERSION } from '../../library/pipeline-version.ts'
import type { ModelVersion } from '../../vision/model-versions.ts'
import { indexHost, type IndexHost } from './index-host.ts'
import { FLAT_LAYOUT, IndexLease } from './index-lease.ts'
import { readTuning } from './tuning-record.ts'

export interface LoadedIndex {
  readonly lease: IndexLease
  /** Of the catalog from which the file was made; undefined where there is no such file. */
  readonly generation: number | undefined
}

/** Reads the index file into the index thread; an empty index where there is none of this version. */
export async function loadIndex(catalog: Catalog, file: string, version: ModelVersion): Promise<LoadedIndex> {
  const host = indexHost()
  const { headId, head } = version
  const expected = { headId, dimension: head.dimension, pipeline: PIPELINE_VERSION }
  const opened = await host.call('open', file, expected)
  if (!opened) return { lease: await emptyIndex(catalog, version, host), generation: undefined }
  const { handle, lists, generation } = opened
  const photos = opened.ids as Iterable<PhotoId>
  const nprobe = readTuning(catalog.settings, headId)?.rows.find(row => row.chosen)?.nprobe ?? 0
  const layout = lists > 0 ? { lists, nprobe } : FLAT_LAYOUT
  return { lease: new IndexLease(catalog.features, { host, handle, version, layout, photos }), generation }
}

export async function emptyIndex(
  catalog: Catalog,
  version: ModelVersion,
  host: IndexHost,
): Promise<IndexLease> {
  const handle = await host.call('create', version.head.dimension)
  return new IndexLease(catalog.features, { host, handle, version, layout: FLAT_LAYOUT, photos: [] })
}

/** Frees an index that does not come into use. */
export async function freeingOnError<T>(next: IndexLease, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    await next.free()
    throw error
  }
}
