import type { MenuItem } from '../../state/context-menu.svelte.ts'

/** What a grid can do with the photo at an index; the view around it says how. */
export interface PhotoActions {
  open(index: number): void
  findSimilar(index: number): void
  menu(index: number): readonly MenuItem[]
}
