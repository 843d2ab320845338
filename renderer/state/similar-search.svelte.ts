import type { SearchResults } from '../../electron/shared/contract.ts'
import { asKindredError, type KindredError } from '../../electron/shared/errors.ts'
import { connection } from './connection.svelte.ts'
import { histogramOf, withinLimits } from './histogram.ts'
import type { GridItems } from './grid-items.ts'
import { library } from './library.svelte.ts'
import type { QuerySpec, Visit } from './navigation.svelte.ts'

/** The first call fetches a screenful, the second everything, for the histogram and for scrolling. */
const FIRST = 120
const ALL = 20_000
const ATTEMPTS = 3

/** The photos similar to a query. Limits on the score filter the results without another search. */
export class SimilarSearch {
  results: SearchResults | undefined = $state.raw()
  error: KindredError | undefined = $state.raw()
  /** Lowest and highest score shown, 0…1. */
  min = $state(0)
  max = $state(1)
  readonly histogram = $derived(histogramOf(this.results?.scores ?? []))
  readonly shown: GridItems & { readonly scores: readonly number[] } = $derived.by(() => this.#filter())
  readonly #query: QuerySpec
  readonly #memory: Visit['memory']
  #controller: AbortController | undefined

  constructor(query: QuerySpec, memory: Visit['memory']) {
    this.#query = query
    this.#memory = memory
    this.min = (memory.get('min') as number | undefined) ?? 0
    this.max = (memory.get('max') as number | undefined) ?? 1
    this.results = memory.get('results') as SearchResults | undefined
  }

  get total(): number {
    return this.results?.ids.length ?? 0
  }

  get filtered(): boolean {
    return this.min > this.histogram.low || this.max < this.histogram.high
  }

  /** Searches, unless this page has its results already. */
  async start(attempt = 1): Promise<void> {
    if (this.results && attempt === 1) return
    this.error = undefined
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
        await this.start(attempt + 1)
      else if (failure.code !== 'cancelled') this.error = failure
    }
  }

  stop(): void {
    this.#controller?.abort()
  }

  retry(): void {
    this.results = undefined
    void this.start()
  }

  limit(min: number, max: number): void {
    this.min = min
    this.max = max
    this.#memory.set('min', min)
    this.#memory.set('max', max)
  }

  widen(): void {
    this.limit(0, 1)
  }

  async #search(k: number, signal: AbortSignal): Promise<SearchResults> {
    const { examples, not } = this.#query
    const input = { examples: [...examples], not: [...not], k }
    const results = await connection.call('similar.search', input, signal)
    this.results = results
    return results
  }

  #filter(): GridItems & { readonly scores: readonly number[] } {
    if (!this.results) return { ids: [], aspects: [], colors: [], scores: [] }
    const { ids, scores } = this.results
    const [from, to] = withinLimits(scores, this.min, this.max)
    const chosen = ids.slice(from, to)
    return { ...library.itemsOf(chosen), scores: scores.slice(from, to) }
  }
}
