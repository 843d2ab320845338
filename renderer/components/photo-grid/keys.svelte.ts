import { tick, untrack } from 'svelte'
import { indexOfId } from '../../state/grid-items.ts'
import { selection } from '../../state/selection.svelte.ts'
import type { Shortcut } from '../../state/shortcuts.svelte.ts'
import { viewer } from '../../state/viewer.svelte.ts'
import type { PhotoActions } from './actions.ts'
import type { Bound } from './bound.ts'
import { moveFrom, type Move } from './justify.ts'
import type { PhotoGridLayout } from './layout.svelte.ts'
import type { PhotoGridScrolling } from './scrolling.svelte.ts'

const moves: Readonly<Record<string, Move>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
  Home: 'home',
  End: 'end',
  PageUp: 'page-up',
  PageDown: 'page-down',
}
const moveKeys = Object.keys(moves)
const extendKeys = moveKeys.map(key => `Shift+${key}`)

/** Moving through a grid and selecting with the keyboard. */
export class PhotoGridKeys {
  readonly #layout: PhotoGridLayout
  readonly #scrolling: PhotoGridScrolling
  readonly #active: Bound<number | undefined>
  readonly #actions: PhotoActions
  /** Index of the photo that the keys start from, or -1. */
  readonly #activeIndex = $derived.by(() => indexOfId(this.#layout.items.ids, this.#active.get()))
  /** Index of the photo that the Tab key leads to. */
  readonly focusable = $derived.by(() =>
    this.#activeIndex >= 0 ? this.#activeIndex : this.#scrolling.range[0],
  )
  #lastActive: number | undefined
  /** The photo of this grid that the large view shows. */
  #viewed: number | undefined

  /** @param active id of the photo that the keys start from */
  constructor(
    layout: PhotoGridLayout,
    scrolling: PhotoGridScrolling,
    active: Bound<number | undefined>,
    actions: PhotoActions,
  ) {
    this.#layout = layout
    this.#scrolling = scrolling
    this.#active = active
    this.#actions = actions
    this.#lastActive = active.get()
  }

  /** Shows the active photo when the caller has set another one. To be run as an effect. */
  followActive(): void {
    const active = this.#active.get()
    if (active === this.#lastActive) return
    this.#lastActive = active
    untrack(() => {
      if (this.#activeIndex >= 0) this.#scrolling.revealIfHidden(this.#activeIndex)
    })
  }

  /**
   * What the large view shows is the active photo, selected and in sight, and has the focus when that view closes. Moving
   * there selects like an arrow key here; opening it on one of several selected photos keeps them. To be run as an effect.
   */
  followViewer(): void {
    const photo = viewer.photo
    untrack(() => {
      const before = this.#viewed
      const index = indexOfId(this.#layout.items.ids, photo)
      this.#viewed = index >= 0 ? photo : undefined
      if (index >= 0) {
        this.#active.set(photo)
        if (photo !== before && (before !== undefined || !selection.has(photo!))) selection.only(photo!)
        this.#scrolling.reveal(index)
      } else if (before !== undefined && this.#activeIndex >= 0 && this.#hasKeys())
        void this.#focus(this.#activeIndex)
    })
  }

  /**
   * Gives the active photo the focus when the grid is shown again, where it is in sight. A control that somebody reached
   * by keys keeps the focus. To be run as an effect.
   */
  takeFocusBack(): void {
    if (!this.#scrolling.restored) return
    untrack(() => {
      const focused = document.activeElement
      if (this.#activeIndex < 0 || focused?.matches(':focus-visible')) return
      void this.#focus(this.#activeIndex)
    })
  }

  /** The keys of a grid, for the registry of shortcuts. */
  shortcuts(): Shortcut[] {
    const move = (event: KeyboardEvent): void => void this.#move(event)
    return [
      { keys: moveKeys, label: 'keys.move', group: 'photos', when: () => this.#hasKeys(), run: move },
      { keys: extendKeys, label: 'keys.extend', group: 'photos', when: () => this.#hasKeys(), run: move },
      {
        keys: 'S',
        label: 'keys.findSimilar',
        group: 'photos',
        when: () => this.#hasActive(),
        run: () => this.#actions.findSimilar(this.#activeIndex),
      },
      {
        keys: ['Space', 'Enter'],
        label: 'keys.open',
        group: 'photos',
        when: () => this.#hasActive() && !document.activeElement?.closest('button, a'),
        run: () => this.#actions.open(this.#activeIndex),
      },
      {
        keys: 'Mod+A',
        label: 'keys.all',
        group: 'photos',
        when: () => this.#layout.items.ids.length > 0,
        run: () => selection.all(this.#layout.items.ids),
      },
      {
        keys: 'Escape',
        label: 'keys.close',
        group: 'view',
        when: () => selection.size > 0,
        run: () => selection.clear(),
      },
    ]
  }

  async #move(event: KeyboardEvent): Promise<void> {
    const { ids } = this.#layout.items
    const start = this.#activeIndex >= 0 ? this.#activeIndex : undefined
    const to = this.#target(event.key, start)
    const id = ids[to]
    if (id === undefined) return
    if (event.shiftKey) {
      if (selection.size === 0 && start !== undefined) selection.only(ids[start]!)
      selection.extendTo(ids, to)
    } else selection.only(id)
    this.#active.set(id)
    this.#scrolling.reveal(to)
    await this.#focus(to)
  }

  async #focus(index: number): Promise<void> {
    await tick()
    this.#scrolling.element
      ?.querySelector<HTMLElement>(`[data-index="${index}"]`)
      ?.focus({ preventScroll: true })
  }

  /** Returns where a key leads. Without an active photo, the first arrow key only steps into what is in sight. */
  #target(key: string, start: number | undefined): number {
    if (start === undefined && key.startsWith('Arrow')) return this.#scrolling.firstInSight()
    const from = start ?? this.#scrolling.range[0]
    return moveFrom(this.#layout.rows, from, moves[key]!, this.#scrolling.viewHeight)
  }

  /** Keys belong to the grid when the focus is in it or nowhere. */
  #hasKeys(): boolean {
    const focused = document.activeElement
    const isInside = this.#scrolling.element?.contains(focused) ?? false
    return this.#layout.items.ids.length > 0 && (focused === document.body || isInside)
  }

  #hasActive(): boolean {
    return this.#hasKeys() && this.#activeIndex >= 0
  }
}
