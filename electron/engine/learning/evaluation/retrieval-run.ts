import type { PhotoId } from '../../../shared/ids.ts'
import type { Catalog } from '../../library/catalog/catalog.ts'
import { embedPhotos, type EmbeddingSpace } from '../../retrieval/embed-photos.ts'
import { indexHost } from '../../retrieval/index/index-host.ts'
import { assess, type QueryQuality } from './metrics.ts'

/** Queries searched in one call: Faiss multiplies matrices for more than twenty, which is several times faster. */
const QUERIES_AT_ONCE = 256

export interface RetrievalProblem {
  /** All photos that can be found. */
  readonly ids: readonly PhotoId[]
  /** The classes of each; two photos belong together when they share one. */
  readonly classesOf: readonly (readonly number[])[]
  /** Rows that ask; those that nothing else belongs to are left out. */
  readonly queries: readonly number[]
  /** Photos of one group show the same moment: they are no answers to one another. */
  readonly groups?: Int32Array
}

export interface RankedResult extends QueryQuality {
  readonly row: number
  /** The rows found first, ten at most. */
  readonly nearest: readonly number[]
}

/**
 * Every query asks all photos but itself, by exact search. The answers come in the order of the queries, so that those
 * of two versions can be compared pair by pair.
 */
export async function runQueries(
  catalog: Catalog,
  space: EmbeddingSpace,
  problem: RetrievalProblem,
  signal: AbortSignal,
  onAnswered: (queries: number) => void = () => undefined,
): Promise<RankedResult[]> {
  const { ids, queries } = problem
  const relevance = new Relevance(problem)
  const { dimension } = space.head
  const embeddings = await embedPhotos(catalog, space, ids)
  const host = indexHost()
  const handle = await host.call('create', dimension)
  try {
    // Ids here are rows counted from 1: the worker's answer then leads straight to the classes.
    await host.call(
      'add',
      handle,
      Array.from(ids.keys(), row => row + 1),
      embeddings,
    )
    const answers: RankedResult[] = []
    const k = Math.min(ids.length, relevance.answersNeeded(queries))
    for (let from = 0; from < queries.length; from += QUERIES_AT_ONCE) {
      signal.throwIfAborted()
      const batch = queries.slice(from, from + QUERIES_AT_ONCE)
      const asked = new Float32Array(batch.length * dimension)
      for (const [i, row] of batch.entries())
        asked.set(embeddings.subarray(row * dimension, (row + 1) * dimension), i * dimension)
      const found = await host.call('search', handle, asked, k)
      const width = found.ids.length / batch.length
      for (const [i, row] of batch.entries()) {
        const total = relevance.total(row)
        if (total === 0) continue
        const rows = Array.from(found.ids.subarray(i * width, (i + 1) * width), id => id - 1)
        const ranked = rows.filter(other => other >= 0 && relevance.mayAnswer(row, other))
        const relevant = ranked.map(other => relevance.isRelevant(row, other))
        answers.push({ row, nearest: ranked.slice(0, 10), ...assess(relevant, total) })
      }
      onAnswered(batch.length)
    }
    return answers
  } finally {
    await host.call('close', handle)
  }
}

/** Which photos belong together, and how many there are to find. */
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

  mayAnswer(query: number, other: number): boolean {
    const { groups } = this.#problem
    return query !== other && (!groups || groups[query] !== groups[other])
  }

  /** How many photos belong to the query. */
  total(query: number): number {
    const classes = this.#problem.classesOf[query]!
    const together = new Set(classes.flatMap(c => this.#membersOf.get(c)!))
    let total = 0
    for (const other of together) if (this.mayAnswer(query, other)) total++
    return total
  }

  /** So many results hold, beside the query's own group, all that MAP@R and Recall@10 look at. */
  answersNeeded(queries: readonly number[]): number {
    const totals = queries.map(row => Math.max(10, this.total(row)) + this.#sizeOfGroup(row))
    return totals.reduce((a, b) => Math.max(a, b), 0)
  }

  #sizeOfGroup(row: number): number {
    const { groups } = this.#problem
    return groups ? this.#groupSizes.get(groups[row]!)! : 1
  }
}
