import type { PhotoId } from '../../../shared/ids.ts'
import type { Catalog } from '../../library/catalog/catalog.ts'
import { embedPhotos, type EmbeddingSpace } from '../../retrieval/embed-photos.ts'
import { indexHost } from '../../retrieval/index/index-host.ts'
import { assess, type QueryQuality } from './metrics.ts'

/** Queries in one call: for more than twenty Faiss multiplies matrices, which is several times faster. */
const QUERIES_AT_ONCE = 256

export interface RetrievalProblem {
  /** All photos that can be found. */
  readonly ids: readonly PhotoId[]
  /** The classes of each photo; two photos that share one are relevant to each other. */
  readonly classesOf: readonly (readonly number[])[]
  /** Rows that are queries. Those without any relevant photo are left out of the results. */
  readonly queries: readonly number[]
  /** Groups of near-duplicates, which are left out of each other's results. */
  readonly groups?: Int32Array
}

export interface RankedResult extends QueryQuality {
  readonly row: number
  /** The nearest rows, ten at most. */
  readonly nearest: readonly number[]
}

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
  const relevance = new Relevance(problem)
  const { dimension } = space.head
  const embeddings = await embedPhotos(catalog, space, ids)
  const host = indexHost()
  const handle = await host.call('create', dimension)
  try {
    // The ids in this index are rows counted from 1.
    await host.call(
      'add',
      handle,
      Array.from(ids.keys(), row => row + 1),
      embeddings,
    )
    const results: RankedResult[] = []
    const k = Math.min(ids.length, relevance.resultsNeeded(queries))
    for (let from = 0; from < queries.length; from += QUERIES_AT_ONCE) {
      signal.throwIfAborted()
      const batch = queries.slice(from, from + QUERIES_AT_ONCE)
      const vectors = new Float32Array(batch.length * dimension)
      for (const [i, row] of batch.entries())
        vectors.set(embeddings.subarray(row * dimension, (row + 1) * dimension), i * dimension)
      const found = await host.call('search', handle, vectors, k)
      const width = found.ids.length / batch.length
      for (const [i, row] of batch.entries()) {
        const total = relevance.total(row)
        if (total === 0) continue
        const rows = Array.from(found.ids.subarray(i * width, (i + 1) * width), id => id - 1)
        const ranked = rows.filter(other => other >= 0 && relevance.mayMatch(row, other))
        const relevant = ranked.map(other => relevance.isRelevant(row, other))
        results.push({ row, nearest: ranked.slice(0, 10), ...assess(relevant, total) })
      }
      onProgress(batch.length)
    }
    return results
  } finally {
    await host.call('close', handle)
  }
}

/** Knows which photos are relevant to a query, and how many there are. */
class Relevance {
  readonly #problem: RetrievalProblem
  readonly #membersOf = new Map<number, number[]>()
  readonly #groupSizes = new Map<number, number>()

  constructor(problem: RetrievalProblem) {
    this.#problem = problem
    for (const [row, classes] of problem.classesOf.entries())
      for (const c of classes) {
        const members = this.#membersOf.get(c)
        if (members) members.push(row)
        else this.#membersOf.set(c, [row])
      }
    for (const group of problem.groups ?? [])
      this.#groupSizes.set(group, (this.#groupSizes.get(group) ?? 0) + 1)
  }

  isRelevant(query: number, other: number): boolean {
    const { classesOf } = this.#problem
    return classesOf[query]!.some(c => classesOf[other]!.includes(c))
  }

  mayMatch(query: number, other: number): boolean {
    const { groups } = this.#problem
    return query !== other && (!groups || groups[query] !== groups[other])
  }

  /** Returns how many photos are relevant to the query. */
  total(query: number): number {
    const classes = this.#problem.classesOf[query]!
    const together = new Set(classes.flatMap(c => this.#membersOf.get(c)!))
    let total = 0
    for (const other of together) if (this.mayMatch(query, other)) total++
    return total
  }

  /** Returns how many results MAP@R and Recall@10 need, the query's own group included. */
  resultsNeeded(queries: readonly number[]): number {
    const totals = queries.map(row => Math.max(10, this.total(row)) + this.#sizeOfGroup(row))
    return totals.reduce((a, b) => Math.max(a, b), 0)
  }

  #sizeOfGroup(row: number): number {
    const { groups } = this.#problem
    return groups ? this.#groupSizes.get(groups[row]!)! : 1
  }
}
