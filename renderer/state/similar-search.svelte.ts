import type { SearchResults } from '../../electron/shared/contract.ts'
import { asKindredError, type KindredError } from '../../electron/shared/errors.ts'
import { connection } from './connection.svelte.ts'
import { asGiven, noFilter, type Filter } from './filter.ts'
import { histogramOf, withinLimits } from './histogram.ts'
import type { GridItems } from './grid-items.ts'
import { library } from './library.svelte.ts'
import { navigation, type QuerySpec, type Visit } from './navigation.svelte.ts'

/** The first call fetches a screenful, the second everything, for the histogram and for scrolling. */
const FIRST = 120
export const ALL = 20_000
const ATTEMPTS = 3

/** Photos with how likely each is of the same kind as the query, 0…1. */
export interface ScoredItems extends GridItems {
  readonly probabilities: readonly number[]
}

/**
 * The photos similar to a query. Limits on the score filter the results without another search; until somebody sets a
 * lowest score, results end where the engine suggests.
 */
export class SimilarSearch {
  query: QuerySpec = $state.raw({ examples: [], not: [] })
  results: SearchResults | undefined = $state.raw()
  error: KindredError | undefined = $state.raw()
  /** The lowest score of the suggested end; 0 where all results are alike, or nothing tells them apart. */
  readonly suggested = $derived(suggestedScore(this.results))
  /** Limits on the score, 0…1. */
  readonly min: number = $derived.by(() => this.#min ?? this.suggested)
  max = $state(1)
  #min: number | undefined = $state()
  /** Of the scores, which spread further than probabilities: these are near 0 or 1 for most photos. */
  readonly histogram = $derived(histogramOf(this.results?.scores ?? []))
  readonly shown: ScoredItems = $derived.by(() => this.#filter())
  readonly #memory: Visit['memory']
  #controller: AbortController | undefined

  constructor(query: QuerySpec, memory: Visit['memory']) {
    this.query = query
    this.#memory = memory
    this.#min = memory.get('min') as number | undefined
    this.max = (memory.get('max') as number | undefined) ?? 1
    this.results = memory.get('results') as SearchResults | undefined
  }

  get total(): number {
    return this.results?.ids.length ?? 0
  }

  /** Whether limits hide some of the results. */
  get narrowed(): boolean {
    return this.shown.ids.length < this.total
  }

  get filter(): Filter {
    return this.query.filter ?? noFilter
  }

  /** Returns the probability of the last result down to a score. */
  probabilityAt(score: number): number {
    const { scores = [], probabilities = [] } = this.results ?? {}
    const [, end] = withinLimits(scores, score, 1)
    return probabilities[Math.max(0, end - 1)] ?? 0
  }

  /** Searches, unless this page has its results already. */
  start(): void {
    if (!this.results) void this.#run()
  }

  stop(): void {
    this.#controller?.abort()
  }

  retry(): void {
    this.results = undefined
    void this.#run()
  }

  /** Searches by a changed query on the same page; what was found before is shown until the new results are there. */
  change(query: QuerySpec): void {
    this.query = query
    navigation.replace({ view: 'results', query })
    this.#memory.delete('results')
    void this.#run()
  }

  /** A lowest score that stays where it was goes on following the suggestion. */
  limit(min: number, max: number): void {
    this.#limit(min === this.min ? this.#min : min, max)
  }

  showAll(): void {
    this.#limit(0, 1)
  }

  showSuggested(): void {
    this.#limit(undefined, 1)
  }

  #limit(min: number | undefined, max: number): void {
    this.#min = min
    this.max = max
    this.#memory.set('min', min)
    this.#memory.set('max', max)
  }

  async #run(attempt = 1): Promise<void> {
    this.error = undefined
    this.#controller?.abort()
    this.#controller = new AbortController()
    const { signal } = this.#controller
    try {
      const first = await this.#search(FIRST, signal)
      const all = first.ids.length < FIRST ? first : await this.#search(ALL, signal)
      this.#memory.set('results', all)
    } catch (error) {
      const failure = asKindredError(error)
      // The engine has ended during the search, so search again: the call waits until the engine is back.
      if (failure.code === 'engine-gone' && attempt < ATTEMPTS && !signal.aborted)
        await this.#run(attempt + 1)
      else if (failure.code !== 'cancelled') this.error = failure
    }
  }

  async #search(k: number, signal: AbortSignal): Promise<SearchResults> {
    const { examples, not, filter = noFilter } = this.query
    const input = { examples: [...examples], not: [...not], k, filter: asGiven(filter) }
    const results = await connection.call('similar.search', input, signal)
    if (!signal.aborted) this.results = results
    return results
  }

  #filter(): ScoredItems {
    if (!this.results) return { ids: [], aspects: [], colors: [], probabilities: [] }
    const { ids, scores, probabilities } = this.results
    const [from, to] = withinLimits(scores, this.min, this.max)
    return { ...library.itemsOf(ids.slice(from, to)), probabilities: probabilities.slice(from, to) }
  }
}

function suggestedScore(results: SearchResults | undefined): number {
  if (!results || results.end.reason === 'all' || results.end.count >= results.ids.length) return 0
  return results.scores[results.end.count - 1] ?? 0
}
