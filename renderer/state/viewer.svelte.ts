import type { Example } from '../../electron/shared/contract.ts'
import { indexOfId } from './grid-items.ts'

/** What the page that the large view was opened from can do with a photo. */
export interface ViewerActions {
  /** On a page of results: searches again with the photo as an example, or as a counterexample. */
  readonly refine?: (side: 'examples' | 'not', id: number) => void
  /** On the page of an album: takes the photo out of it. */
  readonly takeOut?: (id: number) => void
  /** Where a part of the photo is chosen for an example of a query: the part so far, and who takes the new one. */
  readonly part?: { readonly area: Example['crop']; readonly take: (area: Example['crop']) => void }
}

/** The large view: the photo that it shows, if it is open, and the list that it moves through. */
export class Viewer {
  photo = $state<number | undefined>(undefined)
  list: ArrayLike<number> = $state.raw([])
  actions: ViewerActions = $state.raw({})
  /** The photos from which somebody jumped to a similar one, the first one first. */
  #trail: readonly number[] = $state.raw([])
  #at = $state(0)

  /** @param list the photos that the arrow keys lead to, in their order */
  open(id: number, list: ArrayLike<number> = [id], actions: ViewerActions = {}): void {
    this.list = list
    this.actions = actions
    this.#trail = []
    this.#show(id)
  }

  close(): void {
    this.photo = undefined
    this.#trail = []
  }

  /** Index of the photo in the list; -1 for one that somebody jumped to from there. */
  get index(): number {
    return this.photo !== undefined && this.list[this.#at] === this.photo ? this.#at : -1
  }

  /** Index in the list of the photo, or of the last one that was in it. */
  get place(): number {
    return this.#at
  }

  /** Returns the photo this many places further in the list, or undefined at its end. */
  neighbour(by: number): number | undefined {
    // A photo outside the list lies just behind the one that it was reached from.
    const from = this.index < 0 && by < 0 ? this.#at + 1 : this.#at
    return this.photo === undefined ? undefined : this.list[from + by]
  }

  step(by: number): void {
    const next = this.neighbour(by)
    if (next !== undefined) this.#show(next)
  }

  toFirst(): void {
    this.#show(this.list[0])
  }

  toLast(): void {
    this.#show(this.list[this.list.length - 1])
  }

  /** Shows a photo of the list. */
  goTo(id: number): void {
    this.#show(id)
  }

  /** Shows a photo that is similar to the present one, as a step that `back` undoes. */
  jump(id: number): void {
    if (this.photo !== undefined) this.#trail = [...this.#trail, this.photo]
    this.#show(id)
  }

  get canGoBack(): boolean {
    return this.#trail.length > 0
  }

  back(): void {
    const before = this.#trail.at(-1)
    if (before === undefined) return
    this.#trail = this.#trail.slice(0, -1)
    this.#show(before)
  }

  /** Takes the photo out of the list and shows the one behind it, else the one before it; closes where there is none. */
  drop(): void {
    const { photo } = this
    const next = this.neighbour(1) ?? this.neighbour(-1)
    this.list = Array.from(this.list).filter(id => id !== photo)
    if (next === undefined) this.close()
    else this.#show(next)
  }

  #show(id: number | undefined): void {
    if (id === undefined) return
    this.photo = id
    const at = indexOfId(this.list, id)
    if (at >= 0) this.#at = at
  }
}

export const viewer = new Viewer()
