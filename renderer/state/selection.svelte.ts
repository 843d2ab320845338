import { indexOfId } from './grid-items.ts'

export interface ClickKeys {
  /** Ctrl, or Cmd on a Mac: adds one or takes it away. */
  readonly toggle?: boolean
  /** Shift: everything between the anchor and here. */
  readonly extend?: boolean
}

/** The selected photos of the current view. `order` is the ids of its grid, and an index is one into them. */
export class Selection {
  #ids = $state.raw<ReadonlySet<number>>(new Set())
  #anchor: number | undefined

  get ids(): ReadonlySet<number> {
    return this.#ids
  }

  get size(): number {
    return this.#ids.size
  }

  has(id: number): boolean {
    return this.#ids.has(id)
  }

  /** Returns what an action on this photo is for: all selected photos if it is one of them, else it alone. */
  including(id: number): readonly number[] {
    return this.#ids.has(id) ? [...this.#ids] : [id]
  }

  click(order: ArrayLike<number>, index: number, { toggle = false, extend = false }: ClickKeys = {}): void {
    const id = order[index]
    if (id === undefined) return
    if (extend) this.extendTo(order, index, toggle)
    else if (toggle) this.toggle(id)
    else this.only(id)
  }

  /** Selects one photo and nothing else; it becomes the anchor. */
  only(id: number): void {
    this.#anchor = id
    this.#ids = new Set([id])
  }

  toggle(id: number): void {
    const ids = new Set(this.#ids)
    if (!ids.delete(id)) ids.add(id)
    this.#anchor = id
    this.#ids = ids
  }

  /**
   * Selects everything between the anchor and a photo.
   * @param keep keeps what else is selected
   */
  extendTo(order: ArrayLike<number>, index: number, keep = false): void {
    const anchor = indexOfId(order, this.#anchor)
    const from = anchor < 0 ? index : anchor
    const ids = new Set(keep ? this.#ids : [])
    for (let i = Math.min(from, index); i <= Math.max(from, index); i++) ids.add(order[i]!)
    this.#anchor = order[from]
    this.#ids = ids
  }

  all(order: ArrayLike<number>): void {
    this.#ids = new Set(Array.from(order))
  }

  /** Selects everything from the first photo down to this one. */
  downTo(order: ArrayLike<number>, index: number): void {
    this.#anchor = order[0]
    this.#ids = new Set(Array.from(order).slice(0, index + 1))
  }

  /** Selects what was selected before: nothing where that is not known. */
  restore(ids: ReadonlySet<number> | undefined, anchor: number | undefined): void {
    this.#anchor = anchor
    this.#ids = ids ?? new Set()
  }

  clear(): void {
    this.#anchor = undefined
    if (this.#ids.size > 0) this.#ids = new Set()
  }

  /** Forgets photos that are no longer in the library. */
  keepOnly(exists: (id: number) => boolean): void {
    const kept = [...this.#ids].filter(exists)
    if (kept.length < this.#ids.size) this.#ids = new Set(kept)
  }
}

export const selection = new Selection()
