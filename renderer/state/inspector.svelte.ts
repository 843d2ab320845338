/** Whether the details of the current photo are shown beside the grid. */
export class Inspector {
  open = $state(false)
  /** The photo whose details are shown. */
  photo = $state<number | undefined>(undefined)
  /** On a page of results: how similar that photo is to the query. */
  match = $state.raw<{ readonly score: number; readonly distance: number } | undefined>(undefined)

  toggle(): void {
    this.open = !this.open
  }
}

export const inspector = new Inspector()
