import { untrack } from 'svelte'
import type { TextKey } from '../i18n.ts'

export type ShortcutGroup = 'photos' | 'navigation' | 'view'

export interface Shortcut {
  /** As in `S`, `?`, `Escape`, `Space`, `Alt+ArrowLeft`, `Mod+A`; Mod is Ctrl, on a Mac Cmd. Several are equals. */
  readonly keys: string | readonly string[]
  readonly label: TextKey
  readonly group: ShortcutGroup
  /** Whether it applies at present. */
  readonly when?: () => boolean
  /** Also while a modal dialog is open. */
  readonly modal?: boolean
  /** Absent where the focused part handles the keys itself and only the list of keys needs to know. */
  readonly run?: (event: KeyboardEvent) => void
}

export const isMac = navigator.platform.startsWith('Mac')

/** The one place where keys have a meaning. What was registered last goes first, so that the topmost thing closes. */
export class Shortcuts {
  #list = $state.raw<readonly Shortcut[]>([])

  get list(): readonly Shortcut[] {
    return this.#list
  }

  /** Answers how to take them away again. */
  register(...shortcuts: readonly Shortcut[]): () => void {
    // An effect that registers must not run again because the list has changed.
    this.#list = [...untrack(() => this.#list), ...shortcuts]
    return () => {
      this.#list = this.#list.filter(shortcut => !shortcuts.includes(shortcut))
    }
  }

  /** Runs what the key stands for. Answers whether there was anything. */
  handle(event: KeyboardEvent, inModal = false): boolean {
    if (event.defaultPrevented || event.isComposing) return false
    const pressed = nameOf(event)
    if (isTyping(event.target) && pressed !== 'Escape') return false
    const found = this.#find(pressed, inModal)
    if (!found) return false
    event.preventDefault()
    found.run?.(event)
    return true
  }

  /** Does what a key does, for menus. */
  press(keys: string): void {
    this.#find(keys, false)?.run?.(new KeyboardEvent('keydown'))
  }

  #find(pressed: string, inModal: boolean): Shortcut | undefined {
    return this.#list.findLast(
      ({ keys, run, when, modal }) =>
        run && [keys].flat().includes(pressed) && (!inModal || modal) && (!when || when()),
    )
  }
}

/** The name of a key press. Shift counts only beside named keys: `?` is `?` wherever it lies on the keyboard. */
export function nameOf({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent): string {
  const single = key.length === 1
  const name = key === ' ' ? 'Space' : single ? key.toUpperCase() : key
  const mod = isMac ? metaKey : ctrlKey
  const shift = shiftKey && (!single || key === ' ' || (mod && /[a-z]/i.test(key)))
  return `${mod ? 'Mod+' : ''}${altKey ? 'Alt+' : ''}${shift ? 'Shift+' : ''}${name}`
}

function isTyping(target: EventTarget | null): boolean {
  if (target === null || !(target instanceof HTMLElement)) return false
  if (target.isContentEditable || target.matches('textarea, select')) return true
  return (
    target.matches('input') && !target.matches('[type=range], [type=checkbox], [type=radio], [type=button]')
  )
}

const shown: Readonly<Record<string, string>> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Escape: 'Esc',
  Mod: isMac ? '⌘' : 'Ctrl',
  Alt: isMac ? '⌥' : 'Alt',
  Shift: isMac ? '⇧' : 'Shift',
}

/** The caps to press, as they are shown. */
export const capsOf = (keys: string): string[] => keys.split(/(?<=.)\+(?=.)/).map(cap => shown[cap] ?? cap)

export const shortcuts = new Shortcuts()
