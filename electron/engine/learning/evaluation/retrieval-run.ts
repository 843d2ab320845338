import type { PhotoId } from '../../../shared/ids.ts'
import type { Catalog } from '../../library/catalog/catalog.ts'
import { embedPhotos, type EmbeddingSpace } from '../../retrieval/index/embed-photos.ts'
import { indexHost } from '../../retrieval/index/index-host.ts'
import { figuresHost } from './figures-host.ts'
import type { RankedResult, RetrievalProblem } from './relevance.ts'

export type { RankedResult, RetrievalProblem } from './relevance.ts'

/** Queries in one call: for more than twenty Faiss multiplies matrices, which is several times faster. */
const QUERIES_AT_ONCE = 256

/**
 * Runs every query against all other photos, by exact search. The results come in the order of the queries, so that
 * those of two versions can be compared pair by pair.
 */
export async function runQueries(
  catalog: Catalog,
  space: EmbeddingSpace,
  problem: RetrievalProblem,
  signal: AbortSignal,
  onProgress: (queries: number) => void = () => undefined,
): Promise<RankedResult[]> {
  const { ids, queries } = problem
  const figures = figuresHost()
  const { relevance, resultsNeeded } = await figures.call('open', problem)
  const results: RankedResult[] = []
  try {
    await searchAmong(catalog, space, ids, queries, resultsNeeded, async (batch, found) => {
      signal.throwIfAborted()
      results.push(...(await figures.call('assess', relevance, batch, found)))
      onProgress(batch.length)
    })
  } finally {
    await figures.call('close', relevance)
  }
  return results
}

/**
 * Finds the nearest of some photos to each of them, by exact search.
 * @param queries rows of `ids`
 * @param wanted photos for each query, itself included; of fewer photos all are found
 * @param take gets the queries in batches, with the rows found for each, the nearest first, counted from 1
 */
export async function searchAmong(
  catalog: Catalog,
  space: EmbeddingSpace,
  ids: readonly PhotoId[],
  queries: readonly number[],
  wanted: number,
  take: (batch: readonly number[], found: Uint32Array<ArrayBuffer>) => Promise<void> | void,
): Promise<void> {
  const { dimension } = space.head
  const embeddings = await embedPhotos(catalog, space, ids)
  const host = indexHost()
  const handle = await host.call('create', dimension)
  try {
    await host.call(
      'add',
      handle,
      Array.from(ids.keys(), row => row + 1),
      embeddings,
    )
    const k = Math.min(ids.length, wanted)
    for (let from = 0; from < queries.length; from += QUERIES_AT_ONCE) {
      const batch = queries.slice(from, from + QUERIES_AT_ONCE)
      const vectors = new Float32Array(batch.length * dimension)
      for (const [i, row] of batch.entries())
        vectors.set(embeddings.subarray(row * dimension, (row + 1) * dimension), i * dimension)
      const found = await host.call('search', handle, vectors, k)
      await take(batch, found.ids)
    }
  } finally {
    await host.call('close', handle)
  }
}
