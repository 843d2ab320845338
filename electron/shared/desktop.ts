import type { Language } from './languages.ts'
import type { ClientMessage, ServerMessage } from './rpc.ts'

/** What the desktop app adds to its window as `window.kindred`, made by the preload script. */
export interface DesktopBridge {
  readonly rpc: {
    /**
     * Resolves when the engine is ready, however long it takes to start; rejects when it has failed for good. Add the
     * listeners first, so that no message is missed.
     */
    open(): Promise<void>
    send(message: ClientMessage): void
    /** Both return a function that removes the listener. */
    onMessage(listener: (message: ServerMessage) => void): () => void
    onClose(listener: () => void): () => void
  }
  /** Shows the system's dialog and returns the chosen folders; none when it is cancelled. */
  chooseFolders(): Promise<readonly string[]>
  /** The path of a dropped or chosen file; empty when it has none. */
  pathForFile(file: unknown): string
  /** Plays a video in the system's own player; resolves to whether it could be opened. */
  playVideo(path: string): Promise<boolean>
  readonly platform: DesktopPlatform
  /** Returns a function that removes the listener. */
  onMenu(listener: (command: MenuCommand) => void): () => void
  /** Sets which commands are enabled in the menus. All are until this is called. */
  setMenuCommands(commands: readonly MenuCommand[]): void
  /** Sets the language of menus and dialogs. It is the system's until this is called. */
  setLanguage(language: Language): void
}

export type DesktopPlatform = 'linux' | 'mac' | 'windows'

/** All commands that the menus can send to the window. */
export const menuCommands = [
  'add-folders',
  'add-samples',
  'rescan',
  'open-image',
  'settings',
  'trash',
  'undo',
  'select-all',
  'select-none',
  'find-similar',
  'more-like-this',
  'not-like-this',
  'search',
  'filters',
  'add-to-album',
  'rate-0',
  'rate-1',
  'rate-2',
  'rate-3',
  'rate-4',
  'rate-5',
  'large-view',
  'inspector',
  'sidebar',
  'larger-thumbnails',
  'smaller-thumbnails',
  'back',
  'forward',
  'close-topmost',
  'show-photos',
  'show-recent',
  'show-duplicates',
  'show-map',
  'show-model',
  'show-jobs',
  'show-failed',
  'keys',
  'about',
] as const

export type MenuCommand = (typeof menuCommands)[number]

export const isMenuCommand = (value: unknown): value is MenuCommand =>
  (menuCommands as readonly unknown[]).includes(value)

/** Names of the channels between window and main process. */
export const desktopChannels = {
  open: 'kindred:rpc-open',
  send: 'kindred:rpc-send',
  message: 'kindred:rpc-message',
  closed: 'kindred:rpc-closed',
  chooseFolders: 'kindred:choose-folders',
  playVideo: 'kindred:play-video',
  menu: 'kindred:menu',
  menuCommands: 'kindred:menu-commands',
  language: 'kindred:language',
} as const

/** The origin of the window's own page, in the desktop app. */
export const APP_ORIGIN = 'app://kindred'
export const PHOTO_SCHEME = 'photo'
