import { contextMenu } from '../../state/context-menu.svelte.ts'
import type { GridItems } from '../../state/grid-items.ts'
import { selection } from '../../state/selection.svelte.ts'
import type { PhotoActions } from './actions.ts'
import type { Bound } from './bound.ts'

/**
 * Clicks on a grid: one listener for all photos. `data-index` marks a photo, `data-action` a button on it that the grid
 * handles; other buttons on a photo belong to the view that put them there.
 */
export class PhotoGridPointer {
  readonly #grid: { readonly items: GridItems }
  readonly #active: Bound<number | undefined>
  readonly #actions: PhotoActions

  constructor(grid: { readonly items: GridItems }, active: Bound<number | undefined>, actions: PhotoActions) {
    this.#grid = grid
    this.#active = active
    this.#actions = actions
  }

  readonly click = (event: MouseEvent): void => {
    const photo = photoAt(event)
    if (!photo) {
      selection.clear()
      return
    }
    const control = elementAt(event).closest<HTMLElement>('button, a, input')
    const action = control?.dataset.action
    if (control && action === undefined) return
    const { ids } = this.#grid.items
    this.#active.set(ids[photo.index])
    photo.element.focus({ preventScroll: true })
    if (action === 'similar') this.#actions.findSimilar(photo.index)
    else
      selection.click(ids, photo.index, {
        toggle: event.ctrlKey || event.metaKey || action === 'select',
        extend: event.shiftKey,
      })
  }

  readonly doubleClick = (event: MouseEvent): void => {
    const photo = photoAt(event)
    if (photo && !elementAt(event).closest('button')) this.#actions.open(photo.index)
  }

  /** Opens the menu of a photo, which becomes the active one and, unless it is selected already, the selected one. */
  readonly showMenu = (event: MouseEvent): void => {
    const photo = photoAt(event)
    if (!photo) return
    event.preventDefault()
    const id = this.#grid.items.ids[photo.index]!
    this.#active.set(id)
    if (!selection.has(id)) selection.only(id)
    contextMenu.show({ x: event.clientX, y: event.clientY, items: this.#actions.menu(photo.index) })
  }
}

const elementAt = (event: MouseEvent): Element => event.target as Element

function photoAt(event: MouseEvent): { readonly element: HTMLElement; readonly index: number } | undefined {
  const element = elementAt(event).closest<HTMLElement>('[data-index]')
  return element ? { element, index: Number(element.dataset.index) } : undefined
}
