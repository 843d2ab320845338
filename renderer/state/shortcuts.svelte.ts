import { untrack } from 'svelte'
import { t, type TextKey } from '../locales/i18n.ts'

export type ShortcutGroup = 'photos' | 'navigation' | 'view' | 'largeView'

export interface Shortcut {
  /** As in `S`, `?`, `Escape`, `Space`, `Alt+ArrowLeft`, `Mod+A`; Mod is Ctrl, on a Mac Cmd. Several do the same. */
  readonly keys: string | readonly string[]
  readonly label: TextKey
  readonly group: ShortcutGroup
  /** Absent: on the page, unless the large view covers it. */
  readonly where?: 'large-view' | 'everywhere'
  /** Whether it applies at present. */
  readonly when?: () => boolean
  readonly run: (event: KeyboardEvent) => void
}

export const isMac = navigator.platform.startsWith('Mac')

/** All keys and what they do. The shortcut that was registered last goes first, so that Escape closes the topmost thing. */
export class Shortcuts {
  #list = $state.raw<readonly Shortcut[]>([])
  /** Whether the large view covers the page, whose own keys mean nothing then. */
  covered = false

  get list(): readonly Shortcut[] {
    return this.#list
  }

  /** Returns how to remove them again. */
  register(...shortcuts: readonly Shortcut[]): () => void {
    // An effect that registers must not run again because the list has changed.
    this.#list = [...untrack(() => this.#list), ...shortcuts]
    return () => {
      this.#list = this.#list.filter(shortcut => !shortcuts.includes(shortcut))
    }
  }

  /** Runs the shortcut of a key press, unless a modal dialog is open. Returns whether there was one. */
  handle(event: KeyboardEvent, inModal = false): boolean {
    if (inModal || event.defaultPrevented || event.isComposing) return false
    const pressed = nameOf(event)
    if (isTyping(event.target) && pressed !== 'Escape') return false
    const found = this.#find(pressed)
    if (!found) return false
    event.preventDefault()
    found.run(event)
    return true
  }

  /** Runs the shortcut of a key, for menus. */
  press(keys: string): void {
    this.#find(keys)?.run(new KeyboardEvent('keydown'))
  }

  #find(pressed: string): Shortcut | undefined {
    const here = this.covered ? 'large-view' : undefined
    return this.#list.findLast(
      ({ keys, when, where }) =>
        (where === here || where === 'everywhere') && [keys].flat().includes(pressed) && (!when || when()),
    )
  }
}

/** Returns the name of a key press. Shift is left out of characters such as `?`, which need it on some keyboards only. */
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
  ...(isMac ? { Mod: '⌘', Alt: '⌥', Shift: '⇧' } : {}),
}

/** Keys on which keyboards of different languages have different words. */
const named = [
  'Mod',
  'Shift',
  'Space',
  'Enter',
  'Delete',
  'Backspace',
  'Home',
  'End',
  'PageUp',
  'PageDown',
] as const

function capOf(key: string): string {
  const word = named.find(name => name === key)
  return shown[key] ?? (word ? t(`cap.${word}`) : key)
}

/** Returns the key caps to show, as they are called on keyboards of the language. */
export const capsOf = (keys: string): string[] => keys.split(/(?<=.)\+(?=.)/).map(capOf)

export const shortcuts = new Shortcuts()
