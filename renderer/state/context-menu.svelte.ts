import type { LucideIcon } from '@lucide/svelte'

export type MenuItem =
  | 'separator'
  | {
      readonly label: string
      readonly icon?: LucideIcon
      /** The shortcut that does the same, to be shown; named as in the registry of shortcuts. */
      readonly keys?: string
      readonly checked?: boolean
      readonly disabled?: boolean
      readonly run: () => void
    }

export interface OpenMenu {
  readonly x: number
  readonly y: number
  readonly items: readonly MenuItem[]
  /** Whether x is the right edge instead of the left. */
  readonly alignEnd?: boolean
}

/** The one menu that is open, if any. */
export class ContextMenuState {
  open = $state.raw<OpenMenu | undefined>(undefined)

  show(menu: OpenMenu): void {
    this.open = menu.items.length > 0 ? menu : undefined
  }

  showBelow(button: Element, items: readonly MenuItem[]): void {
    const { right, bottom } = button.getBoundingClientRect()
    this.show({ x: right, y: bottom + 4, items, alignEnd: true })
  }

  close(): void {
    this.open = undefined
  }
}

export const contextMenu = new ContextMenuState()
