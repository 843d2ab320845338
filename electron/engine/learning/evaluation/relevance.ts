import type { PhotoId } from '../../../shared/ids.ts'
import { assess, type QueryQuality } from './metrics.ts'

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

/** Knows which photos are relevant to a query, and how many there are. */
export class Relevance {
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

  /**
   * Returns how well each query was answered; a query without any relevant photo is left out.
   * @param found the rows of the results counted from 1, 0 or less for none, the same number for each query
   */
  assess(queries: readonly number[], found: ArrayLike<number>): RankedResult[] {
    const width = found.length / queries.length
    return queries.flatMap((row, i) => {
      const total = this.total(row)
      if (total === 0) return []
      const rows = Array.from({ length: width }, (_, n) => found[i * width + n]! - 1)
      const ranked = rows.filter(other => other >= 0 && this.mayMatch(row, other))
      const relevant = ranked.map(other => this.isRelevant(row, other))
      return [{ row, nearest: ranked.slice(0, 10), ...assess(relevant, total) }]
    })
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
