import { untrack } from 'svelte'
import { indexOfId } from './grid-items.ts'
import { inspector } from './inspector.svelte.ts'
import type { Visit } from './navigation.svelte.ts'
import { selection } from './selection.svelte.ts'

/** How far a grid is scrolled. */
export interface ScrollPlace {
  /** In pixels of its layout. */
  readonly top: number
  /** The photo at the top edge, and which share of its row is above it; none at the top of the grid. */
  readonly anchor?: { readonly id: number; readonly share: number } | undefined
}

/**
 * Where a person is in the grid of a page: how far it is scrolled, which photo the keys start from, what is selected. It
 * is kept in the memory of the visit, so that going back finds all of it as it was left. To be made by the view of the
 * page, with which its effects begin and end.
 */
export class GridPlace {
  scroll: ScrollPlace = $state.raw({ top: 0 })
  /** Id of the photo that the keys start from. */
  active = $state<number | undefined>(undefined)
  readonly #ids: () => ArrayLike<number>
  /** The active photo, unless it has left the grid: nobody means a photo that is no longer shown. */
  readonly present = $derived.by(() => (indexOfId(this.#ids(), this.active) >= 0 ? this.active : undefined))

  /** @param ids the photos of the grid */
  constructor(memory: Visit['memory'], ids: () => ArrayLike<number>) {
    this.#ids = ids
    this.scroll = (memory.get('scroll') as ScrollPlace | undefined) ?? this.scroll
    this.active = memory.get('active') as number | undefined
    $effect(() => {
      untrack(() =>
        selection.restore(memory.get('selection') as ReadonlySet<number> | undefined, this.active),
      )
      return () => {
        // A page without a grid has no photos that a key such as A could mean.
        selection.clear()
        inspector.photo = undefined
      }
    })
    $effect(() => {
      memory.set('scroll', this.scroll)
      memory.set('active', this.active)
      memory.set('selection', selection.ids)
    })
    $effect(() => {
      inspector.photo = this.present
    })
  }
}
