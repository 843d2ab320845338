import { isLanguage } from '../../electron/shared/languages.ts'
import { speak, type LanguageChoice } from '../locales/i18n.ts'

export type Theme = 'system' | 'dark' | 'light'
export type SortOrder = 'newest' | 'oldest'

/** Parts of the sidebar that can be closed. */
export type SidebarSection = 'albums' | 'folders'

/** What lies at the foot of the large view: the photos that it moves through, or those similar to the one shown. */
export type ViewerStrip = 'film' | 'similar'

interface Stored {
  readonly theme: Theme
  readonly language: LanguageChoice
  readonly rowHeight: number
  readonly sidebar: boolean
  readonly sidebarWidth: number
  readonly closedSections: readonly SidebarSection[]
  readonly sort: SortOrder
  readonly viewerStrip: ViewerStrip
}

export const rowHeights = { min: 48, max: 400, step: 4 } as const
/** In pixels. */
export const sidebarWidths = { min: 180, usual: 216, max: 400 } as const
const STORAGE = 'kindred-preferences'
const defaults: Stored = {
  theme: 'system',
  language: 'system',
  rowHeight: 196,
  sidebar: true,
  sidebarWidth: sidebarWidths.usual,
  closedSections: [],
  sort: 'newest',
  viewerStrip: 'film',
}

/** How the library is shown. Stored on this device, not in the library. */
export class Preferences {
  #stored: Stored = $state.raw(defaults)
  #storage: Pick<Storage, 'getItem' | 'setItem'> | undefined
  #page: HTMLElement | undefined

  start(storage: Pick<Storage, 'getItem' | 'setItem'>, page: HTMLElement): void {
    this.#storage = storage
    try {
      this.#stored = { ...defaults, ...(JSON.parse(storage.getItem(STORAGE) ?? '{}') as Partial<Stored>) }
    } catch {
      // Not JSON of ours: the defaults stay.
    }
    this.#page = page
    page.lang = speak(this.language)
    this.#showTheme()
    this.#showSidebar()
  }

  get theme(): Theme {
    return this.#stored.theme
  }
  set theme(theme: Theme) {
    this.#set({ theme })
    this.#showTheme()
  }

  /** Texts that are shown already change when the page is loaded anew. */
  get language(): LanguageChoice {
    return isLanguage(this.#stored.language) ? this.#stored.language : 'system'
  }
  set language(language: LanguageChoice) {
    this.#set({ language })
  }

  /** The height that rows of photos come close to, in pixels. */
  get rowHeight(): number {
    return this.#stored.rowHeight
  }
  set rowHeight(height: number) {
    this.#set({ rowHeight: Math.min(rowHeights.max, Math.max(rowHeights.min, height)) })
  }

  get sidebar(): boolean {
    return this.#stored.sidebar
  }
  set sidebar(sidebar: boolean) {
    this.#set({ sidebar })
  }

  get sidebarWidth(): number {
    return this.#stored.sidebarWidth
  }
  set sidebarWidth(width: number) {
    this.#set({ sidebarWidth: Math.min(sidebarWidths.max, Math.max(sidebarWidths.min, Math.round(width))) })
    this.#showSidebar()
  }

  isOpen(section: SidebarSection): boolean {
    return !this.#stored.closedSections.includes(section)
  }
  setOpen(section: SidebarSection, open: boolean): void {
    const others = this.#stored.closedSections.filter(closed => closed !== section)
    this.#set({ closedSections: open ? others : [...others, section] })
  }

  get sort(): SortOrder {
    return this.#stored.sort
  }
  set sort(sort: SortOrder) {
    this.#set({ sort })
  }

  get viewerStrip(): ViewerStrip {
    return this.#stored.viewerStrip
  }
  set viewerStrip(viewerStrip: ViewerStrip) {
    this.#set({ viewerStrip })
  }

  #set(change: Partial<Stored>): void {
    this.#stored = { ...this.#stored, ...change }
    this.#storage?.setItem(STORAGE, JSON.stringify(this.#stored))
  }

  #showSidebar(): void {
    this.#page?.style.setProperty('--sidebar', `${this.sidebarWidth}px`)
  }

  #showTheme(): void {
    if (!this.#page) return
    if (this.theme === 'system') delete this.#page.dataset.theme
    else this.#page.dataset.theme = this.theme
  }
}

export const preferences = new Preferences()
