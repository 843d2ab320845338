/** @file The thread that computes figures of thousands of photos: too slow for the engine's thread. */
import { participationRatio } from './embedding-shape.ts'
import { summariseColumns } from './metrics.ts'
import { Relevance, type RankedResult, type RetrievalProblem } from './relevance.ts'
import { weighResults } from './weigh-results.ts'
import { serveWorker } from '../../runtime/threads/rpc.ts'

const open = new Map<number, Relevance>()
let next = 1

const api = {
  /** @returns a name for what is relevant in this problem, to be closed, and how many results a query needs */
  open(problem: RetrievalProblem): { readonly relevance: number; readonly resultsNeeded: number } {
    const relevance = new Relevance(problem)
    open.set(next, relevance)
    return { relevance: next++, resultsNeeded: relevance.resultsNeeded(problem.queries) }
  },

  assess(relevance: number, queries: readonly number[], found: ArrayLike<number>): RankedResult[] {
    return open.get(relevance)!.assess(queries, found)
  },

  close(relevance: number): void {
    open.delete(relevance)
  },

  summarise: summariseColumns,
  participationRatio,
  weighResults,
}

export type FiguresWorkerApi = typeof api

serveWorker(api)
