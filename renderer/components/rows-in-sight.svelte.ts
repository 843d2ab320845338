/** Rows this many above and below the view are drawn as well. */
const OVERSCAN = 20

/** Which rows of a long list are in sight: all are equally high, and some element around the list scrolls. */
export class RowsInSight {
  /** The first row to draw, and the one after the last. */
  range: readonly [from: number, to: number] = $state.raw([0, 2 * OVERSCAN])
  readonly #rowHeight: number

  constructor(rowHeight: number) {
    this.#rowHeight = rowHeight
  }

  /** Follows scrolling and changes of size, until the list is gone. To be attached to the list. */
  readonly follow = (list: HTMLElement): (() => void) => {
    const scroller = scrollerAround(list)
    const update = (): void => {
      const above = scroller.getBoundingClientRect().top - list.getBoundingClientRect().top
      const from = Math.max(0, Math.floor(above / this.#rowHeight) - OVERSCAN)
      const to = Math.max(0, Math.ceil((above + scroller.clientHeight) / this.#rowHeight)) + OVERSCAN
      const [before, after] = this.range
      if (from !== before || to !== after) this.range = [from, to]
    }
    // What lies above the list in the same element moves it as well.
    const sizes = new ResizeObserver(update)
    for (const element of [scroller, ...scroller.children]) sizes.observe(element)
    scroller.addEventListener('scroll', update, { passive: true })
    return () => {
      sizes.disconnect()
      scroller.removeEventListener('scroll', update)
    }
  }
}

function scrollerAround(list: HTMLElement): HTMLElement {
  for (let element = list.parentElement; element; element = element.parentElement)
    if (/auto|scroll/.test(getComputedStyle(element).overflowY)) return element
  return document.documentElement
}
