/** Whether the details of the current photo are shown beside the grid. */
export class Inspector {
  open = $state(false)
  /** The photo it tells about. */
  photo = $state<number | undefined>(undefined)
  /** How near that photo is to what was searched by, on a page of results. */
  match = $state.raw<{ readonly score: number; readonly distance: number } | undefined>(undefined)

  toggle(): void {
    this.open = !this.open
  }
}

export const inspector = new Inspector()
