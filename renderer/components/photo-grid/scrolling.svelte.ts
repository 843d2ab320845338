import { tick, untrack } from 'svelte'
import { indexOfId } from '../../state/grid-items.ts'
import type { ScrollPlace } from '../../state/grid-place.svelte.ts'
import type { Bound } from './bound.ts'
import { itemsBetween, lastNotAbove } from './justify.ts'
import { HEADING, PADDING, type PhotoGridLayout } from './layout.svelte.ts'

/** Photos this many pixels above and below the view are drawn as well. */
const OVERSCAN = 500
/** Browsers fail with boxes of about 16.7 million device pixels. In a taller layout one scrolled pixel stands for several. */
const TALLEST_BOX = 8_000_000
/** In the direction of scrolling, photos are drawn that come into sight within so many milliseconds, up to so many pixels. */
const AHEAD_MILLIS = 350
const MOST_AHEAD = 2600
/** Pixels per millisecond. At a higher speed nobody looks at single photos. */
const FAST = 15
/** Milliseconds without a scroll event after which a grid has come to rest. */
const SETTLED_MILLIS = 110
/** Nearer to the top than this, a grid stays at the top when photos are added there. */
const AT_TOP = 8

/**
 * Which part of a layout is in sight. Heights of the layout and of the box that the browser scrolls differ when the
 * layout is taller than `TALLEST_BOX`: `scale` layout pixels are then one pixel of the scrollbar.
 */
export class PhotoGridScrolling {
  /** The scrolling element; null once the grid is closed, when a scroll event or a key can still arrive. */
  element: HTMLElement | null = null
  viewHeight = $state(0)
  /** Whether photos pass too fast to be looked at. */
  fast = $state(false)
  readonly #layout: PhotoGridLayout
  readonly #place: Bound<ScrollPlace>
  #boxTop = $state(0)
  readonly boxHeight = $derived.by(() => Math.min(this.#layout.height, TALLEST_BOX))
  readonly #scale = $derived.by(() => {
    const { height } = this.#layout
    return height > TALLEST_BOX ? (height - this.viewHeight) / (TALLEST_BOX - this.viewHeight) : 1
  })
  /** Top of the view in the layout. */
  readonly viewTop = $derived(Math.round(this.#boxTop * this.#scale))
  /** What lies at y in the layout lies at y - shift in the box. */
  readonly shift = $derived.by(() => this.viewTop - Math.round(this.#boxTop) - this.#layout.topPadding)
  /** The photos to draw: first index, and the one after the last. */
  readonly range = $derived.by(() => {
    const { rows, topPadding } = this.#layout
    const bottom = this.viewTop + this.viewHeight
    const above = this.viewTop - topPadding - Math.max(OVERSCAN, -this.#ahead)
    return itemsBetween(rows, above, bottom + Math.max(OVERSCAN, this.#ahead))
  })
  readonly visible = $derived(indicesBetween(...this.range))
  readonly visibleGroups = $derived.by(() => {
    const { hasHeadings, rows, groups } = this.#layout
    if (!hasHeadings || rows.count === 0) return []
    const first = lastNotAbove(rows.groupTop, this.viewTop - OVERSCAN)
    const last = lastNotAbove(rows.groupTop, this.viewTop + this.viewHeight + OVERSCAN)
    return indicesBetween(first, Math.min(groups.length, last + 1))
  })
  /** Pixels that are drawn in the direction of scrolling; below zero: upwards. */
  #ahead = $state(0)
  #lastScroll = { at: 0, top: 0 }
  #settled: ReturnType<typeof setTimeout> | undefined
  /** The photo at the top edge, and which share of its row is above it: it stays there when the layout changes. */
  #anchor: ScrollPlace['anchor']
  /** Whether the grid is where the caller was, so that what is in sight means something. */
  restored = $state(false)

  /** @param place where the view begins in the layout: read once, to restore it, and set with every scroll */
  constructor(layout: PhotoGridLayout, place: Bound<ScrollPlace>) {
    this.#layout = layout
    this.#place = place
  }

  /** The part of a group that is near the view, in the box. A heading sticks to the top of it. */
  sectionOf(group: number): { readonly top: number; readonly height: number } {
    const { groupTop } = this.#layout.rows
    const top = Math.max(groupTop[group]!, this.viewTop - 2 * OVERSCAN)
    const bottom = Math.min(groupTop[group + 1]!, this.viewTop + this.viewHeight + 2 * OVERSCAN)
    return { top: top - this.shift, height: bottom - top }
  }

  /** The element was scrolled. */
  readonly scrolled = (): void => {
    if (!this.element) return
    this.#readPosition(this.element)
    const now = performance.now()
    const { at, top } = this.#lastScroll
    const velocity = (this.viewTop - top) / Math.max(1, now - at)
    this.#lastScroll = { at: now, top: this.viewTop }
    // Half of that speed again before it is slow: one late frame is no change.
    this.fast = Math.abs(velocity) > (this.fast ? FAST / 2 : FAST)
    // In steps, so that what is drawn does not change with every frame.
    const ahead = OVERSCAN * Math.round((velocity * AHEAD_MILLIS) / OVERSCAN)
    this.#ahead = Math.max(-MOST_AHEAD, Math.min(MOST_AHEAD, ahead))
    clearTimeout(this.#settled)
    this.#settled = setTimeout(() => {
      this.fast = false
      this.#ahead = 0
    }, SETTLED_MILLIS)
    this.#setAnchor()
  }

  /** @param top in the layout */
  readonly scrollTo = (top: number): void => {
    if (!this.element) return
    this.element.scrollTop = top / this.#scale
    this.#readPosition(this.element)
  }

  /** Goes where the caller was, once there is a layout; later keeps the photo at the top edge there. To be run as an effect. */
  followLayout(): void {
    const { rows } = this.#layout
    if (rows.count === 0 || this.viewHeight === 0) return
    untrack(() => {
      // The first layout is not in the page yet, which has no height to scroll.
      if (!this.restored) void tick().then(() => this.#restore())
      else if (this.#anchor) {
        const top = this.#topOf(this.#anchor)
        if (top === undefined) this.#setAnchor()
        else this.scrollTo(top)
      }
    })
  }

  /** Scrolls as little as it takes to show a whole photo. */
  reveal(index: number): void {
    const { rows, hasHeadings, topPadding } = this.#layout
    const row = rows.rowOf[index]!
    const top = rows.rowTop[row]! - (hasHeadings ? HEADING : PADDING)
    const bottom = rows.rowTop[row]! + rows.rowHeight[row]! + topPadding + PADDING
    if (top < this.viewTop) this.scrollTo(top)
    else if (bottom > this.viewTop + this.viewHeight) this.scrollTo(bottom - this.viewHeight)
    this.#setAnchor()
  }

  /** Shows a photo of which nothing is in sight. */
  revealIfHidden(index: number): void {
    const { rows, topPadding } = this.#layout
    const row = rows.rowOf[index]!
    const top = rows.rowTop[row]! + topPadding
    const bottom = top + rows.rowHeight[row]!
    if (bottom < this.viewTop || top > this.viewTop + this.viewHeight) this.reveal(index)
  }

  /** Returns the first photo of the first row that is in sight. */
  firstInSight(): number {
    const { rows, topPadding } = this.#layout
    return rows.rowStart[lastNotAbove(rows.rowTop, this.viewTop - topPadding + HEADING)] ?? 0
  }

  #restore(): void {
    if (this.restored) return
    // Rows lie elsewhere when the window, the size of thumbnails or the photos above have changed since then.
    const { top, anchor } = this.#place.get()
    this.scrollTo((anchor && this.#topOf(anchor)) ?? top)
    this.#setAnchor()
    this.restored = true
  }

  #readPosition(element: HTMLElement): void {
    this.#boxTop = element.scrollTop
    this.#keepPlace()
  }

  #keepPlace(): void {
    this.#place.set({ top: this.viewTop, anchor: this.#anchor })
  }

  /** Where the view begins when the photo is at its top edge as it was. */
  #topOf({ id, share }: NonNullable<ScrollPlace['anchor']>): number | undefined {
    const { rows, items } = this.#layout
    const row = rows.rowOf[indexOfId(items.ids, id)]
    return row === undefined ? undefined : rows.rowTop[row]! + share * rows.rowHeight[row]!
  }

  #setAnchor(): void {
    const { rows, items } = this.#layout
    const row = lastNotAbove(rows.rowTop, this.viewTop + HEADING)
    this.#anchor =
      this.viewTop < AT_TOP || rows.count === 0
        ? undefined
        : {
            id: items.ids[rows.rowStart[row]!]!,
            share: (this.viewTop - rows.rowTop[row]!) / rows.rowHeight[row]!,
          }
    this.#keepPlace()
  }
}

const indicesBetween = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, i) => from + i)
