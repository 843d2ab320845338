import type { Example } from '../../electron/shared/contract.ts'

/** How similar a photo is to a query. */
export interface Match {
  /** Probability that it is of the same kind, 0…1. */
  readonly score: number
  readonly distance: number
  /** Its place among the results, from 1. */
  readonly rank: number
  readonly examples: readonly Example[]
}

/** Whether the details of the current photo are shown beside the grid. */
export class Inspector {
  open = $state(false)
  /** The photo whose details are shown. */
  photo = $state<number | undefined>(undefined)
  /** On a page of results: how similar that photo is to the query. */
  match = $state.raw<Match | undefined>(undefined)
  /** Whether the regions that match are shown there. */
  why = $state(false)

  toggle(): void {
    this.open = !this.open
  }
}

export const inspector = new Inspector()
