import type { GridItems, Heading, Headings } from '../../state/grid-items.ts'
import { justify } from './justify.ts'

/** Height of a heading. */
export const HEADING = 44
/** Space between the photos and the edges of the grid. */
export const PADDING = 16
const SCRUBBER = 44
const MIN_WIDTH = 120

/** What a grid is laid out from. Properties of a component: a change of one lays it out again. */
export interface LayoutInput {
  readonly items: GridItems
  readonly rowHeight: number
  readonly headings: Headings | undefined
}

/** Where all photos and headings of a grid lie, whether they are in sight or not. */
export class PhotoGridLayout {
  /** Width of the grid in pixels; 0 until it is known. */
  width = $state(0)
  readonly #input: LayoutInput
  readonly #headings = $derived.by(() => {
    const { headings, items } = this.#input
    return headings && items.ids.length > 0 ? headings : undefined
  })
  /** First photo of each group; without headings there is one group. */
  readonly groups = $derived(this.#headings?.starts ?? [0])
  /** The scrubber replaces the scrollbar when there is more than one date to go to. */
  readonly hasScrubber = $derived(this.groups.length > 1)
  /** Before the width is known there are no rows: they would be laid out twice. */
  readonly rows = $derived.by(() => {
    const { items, rowHeight } = this.#input
    return justify(this.width === 0 ? [] : items.aspects, {
      width: Math.max(MIN_WIDTH, this.width - PADDING - (this.hasScrubber ? SCRUBBER : PADDING)),
      rowHeight,
      groups: this.groups,
      headingHeight: this.hasHeadings ? HEADING : 0,
    })
  })
  /** Height of everything, the space above and below included. */
  readonly height = $derived(this.topPadding + this.rows.height + PADDING)
  /** Where each group begins, for the scrubber. */
  readonly marks = $derived.by(() => {
    const { groupTop } = this.rows
    const groups = this.#headings?.groups ?? []
    return groups.map(({ year, text }, group) => ({ top: groupTop[group]!, year, label: text }))
  })

  constructor(input: LayoutInput) {
    this.#input = input
  }

  get items(): GridItems {
    return this.#input.items
  }

  get hasHeadings(): boolean {
    return this.#headings !== undefined
  }

  /** Space above the first row; a heading brings its own. */
  get topPadding(): number {
    return this.hasHeadings ? 0 : PADDING
  }

  headingOf(group: number): Heading | undefined {
    return this.#headings?.groups[group]
  }
}
