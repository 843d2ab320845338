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
  const { dimension } = space.head
  const embeddings = await embedPhotos(catalog, space, ids)
  const host = indexHost()
  const handle = await host.call('create', dimension)
  const { relevance, resultsNeeded } = await figures.call('open', problem)
  try {
    // The ids in this index are rows counted from 1.
    await host.call(
      'add',
      handle,
      Array.from(ids.keys(), row => row + 1),
      embeddings,
    )
    const results: RankedResult[] = []
    const k = Math.min(ids.length, resultsNeeded)
    for (let from = 0; from < queries.length; from += QUERIES_AT_ONCE) {
      signal.throwIfAborted()
      const batch = queries.slice(from, from + QUERIES_AT_ONCE)
      const vectors = new Float32Array(batch.length * dimension)
      for (const [i, row] of batch.entries())
        vectors.set(embeddings.subarray(row * dimension, (row + 1) * dimension), i * dimension)
      const found = await host.call('search', handle, vectors, k)
      results.push(...(await figures.call('assess', relevance, batch, found.ids)))
      onProgress(batch.length)
    }
    return results
  } finally {
    await figures.call('close', relevance)
    await host.call('close', handle)
  }
}
