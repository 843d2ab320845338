import type { Example } from '../../electron/shared/contract.ts'
import { addressOf, routeAt } from './address.ts'
import type { Filter } from './filter.ts'

/** A query: photos of the library and external images that the results should be like, and unlike. */
export interface QuerySpec {
  readonly examples: readonly Example[]
  readonly not: readonly Example[]
  readonly filter?: Filter
  /** Names of external images by their token. */
  readonly labels?: Readonly<Record<string, string>>
}

export type Route =
  | { readonly view: 'library'; readonly order?: 'recent' }
  | { readonly view: 'results'; readonly query: QuerySpec }
  | { readonly view: 'album'; readonly album: number }
  /** The photos in a folder and all below it; its path. */
  | { readonly view: 'folder'; readonly folder: string }
  | { readonly view: 'ask' }
  | { readonly view: 'model' }
  | { readonly view: 'failed' }
  | { readonly view: 'settings' }

/** Whether the view is a grid of photos of the library. */
export const showsPhotos = ({ view }: Route): boolean =>
  view === 'library' || view === 'results' || view === 'album' || view === 'folder'

/** A page that was visited, and how it was left: scroll position, slider and whatever else its view puts there. */
export interface Visit {
  readonly key: number
  readonly route: Route
  readonly memory: Map<string, unknown>
}

/** The part of `window.history` that is needed: the browser's own back and forward stay in step with ours. */
export interface BrowserHistory {
  readonly state: unknown
  pushState(state: unknown, unused: string, address: string): void
  replaceState(state: unknown, unused: string, address: string): void
  go(delta: number): void
}

/** What an entry of the browser's history keeps of a step. */
interface Step {
  readonly session: string
  readonly at: number
}

/** Back and forward through views and queries, like pages. */
export class Navigation {
  #visits = $state.raw<readonly Visit[]>([])
  #at = $state(0)
  #nextKey = 0
  #history: BrowserHistory | undefined
  /** Tells the steps of this page from those before it was loaded again. */
  readonly #session = crypto.randomUUID()

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
    this.#history?.pushState(this.#state(), '', addressOf(route))
  }

  /** Changes the present page, such as its query, without a new step; its memory stays. */
  replace(route: Route): void {
    const { key, memory } = this.visit
    this.#visits = this.#visits.with(this.#at, { key, memory, route })
    this.#history?.replaceState(this.#state(), '', addressOf(route))
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

  /**
   * Begins with the view that the address names, and keeps step with the browser's own back and forward, mouse buttons and
   * gestures included, and with addresses that somebody types.
   */
  follow(
    history: BrowserHistory,
    page: Pick<Window, 'addEventListener'> & { readonly location: Pick<Location, 'hash'> },
  ): void {
    this.#history = history
    this.#begin(routeAt(page.location.hash) ?? this.route)
    page.addEventListener('popstate', event => {
      const { session, at } = (event.state ?? {}) as Partial<Step>
      const typed = routeAt(page.location.hash)
      if (session === this.#session && at !== undefined && at < this.#visits.length) this.#at = at
      else if (typed) this.#begin(typed)
    })
  }

  /** Starts anew with a view: what was before it is known by the browser alone. */
  #begin(route: Route): void {
    this.#visits = [this.#visit(route)]
    this.#at = 0
    this.#history?.replaceState(this.#state(), '', addressOf(route))
  }

  #state(): Step {
    return { session: this.#session, at: this.#at }
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
