import type { Example } from '../../electron/shared/contract.ts'

/** A query: photos of the library and external images that the results should be like, and unlike. */
export interface QuerySpec {
  readonly examples: readonly Example[]
  readonly not: readonly Example[]
  /** Names of external images by their token. */
  readonly labels?: Readonly<Record<string, string>>
}

export type Route =
  | { readonly view: 'library'; readonly order?: 'recent' }
  | { readonly view: 'results'; readonly query: QuerySpec }
  | { readonly view: 'album'; readonly album: number }
  | { readonly view: 'ask' }
  | { readonly view: 'model' }
  | { readonly view: 'failed' }
  | { readonly view: 'settings' }

/** A page that was visited, and how it was left: scroll position, slider and whatever else its view puts there. */
export interface Visit {
  readonly key: number
  readonly route: Route
  readonly memory: Map<string, unknown>
}

/** The part of `window.history` that is needed: the browser's own back and forward stay in step with ours. */
export interface BrowserHistory {
  readonly state: unknown
  pushState(state: unknown, unused: string): void
  replaceState(state: unknown, unused: string): void
  go(delta: number): void
}

/** Back and forward through views and queries, like pages. */
export class Navigation {
  #visits = $state.raw<readonly Visit[]>([])
  #at = $state(0)
  #nextKey = 0
  #history: BrowserHistory | undefined

  constructor(start: Route = { view: 'library' }) {
    this.#visits = [this.#visit(start)]
  }

  get visit(): Visit {
    return this.#visits[this.#at]!
  }

  get route(): Route {
    return this.visit.route
  }

  get canGoBack(): boolean {
    return this.#at > 0
  }

  get canGoForward(): boolean {
    return this.#at < this.#visits.length - 1
  }

  /** Goes to a view; what lay ahead is forgotten. */
  go(route: Route): void {
    this.#visits = [...this.#visits.slice(0, this.#at + 1), this.#visit(route)]
    this.#at++
    this.#history?.pushState({ kindred: this.#at }, '')
  }

  /** Changes the present page, such as its query, without a new step; its memory stays. */
  replace(route: Route): void {
    const { key, memory } = this.visit
    this.#visits = this.#visits.with(this.#at, { key, memory, route })
  }

  back(): void {
    this.#step(-1)
  }

  forward(): void {
    this.#step(1)
  }

  findSimilar(id: number): void {
    this.search({ examples: [{ photo: id }], not: [] })
  }

  findSimilarToUpload(token: string, label?: string): void {
    const labels = label === undefined ? {} : { labels: { [token]: label } }
    this.search({ examples: [{ upload: token }], not: [], ...labels })
  }

  search(query: QuerySpec): void {
    this.go({ view: 'results', query })
  }

  /** Keeps step with the browser's own back and forward, mouse buttons and gestures included. */
  follow(history: BrowserHistory, page: Pick<Window, 'addEventListener'>): void {
    this.#history = history
    history.replaceState({ kindred: this.#at }, '')
    page.addEventListener('popstate', event => {
      const at = (event.state as { kindred?: number } | null)?.kindred
      // A page from before a reload is no longer known: stay on the nearest one.
      if (at !== undefined) this.#at = Math.min(Math.max(at, 0), this.#visits.length - 1)
    })
  }

  #step(by: number): void {
    const to = this.#at + by
    if (to < 0 || to >= this.#visits.length) return
    if (this.#history) this.#history.go(by)
    else this.#at = to
  }

  #visit(route: Route): Visit {
    return { key: this.#nextKey++, route, memory: new Map() }
  }
}

export const navigation = new Navigation()
