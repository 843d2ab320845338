import type { Bound } from '../../../../../renderer/components/photo-grid/bound.ts'
import {
  PhotoGridLayout,
  type LayoutInput,
} from '../../../../../renderer/components/photo-grid/layout.svelte.ts'
import { PhotoGridScrolling } from '../../../../../renderer/components/photo-grid/scrolling.svelte.ts'
import type { ScrollPlace } from '../../../../../renderer/state/grid-place.svelte.ts'
import type { GridItems } from '../../../../../renderer/state/grid-items.ts'

/** The id of the photo at an index: never the index itself, so that a test notices when they are mixed up. */
export const idAt = (index: number): number => 1000 + index

export const squares = (count: number): GridItems => ({
  ids: Array.from({ length: count }, (_, i) => idAt(i)),
  aspects: Array.from({ length: count }, () => 1),
  colors: Array.from({ length: count }, () => 0),
})

/** A property that a component would bind. */
export class Property<T> implements Bound<T> {
  value: T
  constructor(value: T) {
    this.value = $state(value)
  }
  get(): T {
    return this.value
  }
  set(value: T): void {
    this.value = value
  }
}

export function laidOut(
  items: GridItems,
  width: number,
  options: Partial<LayoutInput> = {},
): PhotoGridLayout {
  const layout = new PhotoGridLayout({ items, rowHeight: 200, headings: undefined, ...options })
  layout.width = width
  return layout
}

/** Scrolling over an element that keeps its position as a browser does: whole pixels within its box. */
export function scrollingOver(
  layout: PhotoGridLayout,
  viewHeight: number,
  place = new Property<ScrollPlace>({ top: 0 }),
): PhotoGridScrolling {
  const scrolling = new PhotoGridScrolling(layout, place)
  scrolling.viewHeight = viewHeight
  const element = document.createElement('div')
  let position = 0
  Object.defineProperty(element, 'scrollTop', {
    get: () => position,
    set: (top: number) => {
      position = Math.round(Math.min(Math.max(0, top), Math.max(0, scrolling.boxHeight - viewHeight)))
    },
  })
  scrolling.element = element
  return scrolling
}
