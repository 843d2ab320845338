import { MediaQuery } from 'svelte/reactivity'
import { preferences } from './preferences.svelte.ts'

/** Windows up to this width have no room for a sidebar beside the photos; the same width is in the styles. */
const narrow = new MediaQuery('max-width: 900px', false)

/** Whether the sidebar is shown: beside the page, as the person prefers, or in a narrow window above it, until it was used. */
export class Sidebar {
  #raised = $state(false)

  /** Whether it lies above the page instead of beside it. */
  get isSheet(): boolean {
    return narrow.current
  }

  get open(): boolean {
    return this.isSheet ? this.#raised : preferences.sidebar
  }

  toggle(): void {
    if (this.isSheet) this.#raised = !this.#raised
    else preferences.sidebar = !preferences.sidebar
  }

  /** Lowers the sheet; a sidebar beside the page stays. */
  lower(): void {
    this.#raised = false
  }
}

export const sidebar = new Sidebar()
