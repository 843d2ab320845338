import type { IpcMain, IpcMainEvent, IpcMainInvokeEvent } from 'electron'
import { desktopChannels, isMenuCommand, type MenuCommand } from '../shared/desktop.ts'
import { isLanguage, type Language } from '../shared/languages.ts'
import { isVideoName } from '../shared/video-formats.ts'
import { maySend, senderOf, type PageOrigin } from './security.ts'

/** Everything that the window's page may ask of the main process. */
export interface PageActions {
  /** Resolves to whether the engine is ready. */
  readonly open: () => Promise<boolean>
  readonly send: (message: unknown) => void
  readonly chooseFolders: () => Promise<readonly string[]>
  /** Resolves to whether the video could be opened. */
  readonly playVideo: (path: string) => Promise<boolean>
  readonly setMenuCommands: (commands: ReadonlySet<MenuCommand>) => void
  readonly setLanguage: (language: Language) => void
}

/** Opens the channels. Messages from any other origin are ignored. */
export function openPageChannels(
  ipc: Pick<IpcMain, 'handle' | 'on'>,
  page: PageOrigin,
  actions: PageActions,
): void {
  const handle = (channel: string, action: (value: unknown) => Promise<unknown>): void => {
    ipc.handle(channel, (event: IpcMainInvokeEvent, value: unknown) => {
      if (!maySend(senderOf(event), page)) throw new Error('Not allowed')
      return action(value)
    })
  }
  const listen = (channel: string, action: (value: unknown) => void): void => {
    ipc.on(channel, (event: IpcMainEvent, value: unknown) => {
      if (maySend(senderOf(event), page)) action(value)
    })
  }
  handle(desktopChannels.open, actions.open)
  handle(desktopChannels.chooseFolders, actions.chooseFolders)
  // Any other file might be a program.
  handle(desktopChannels.playVideo, async path =>
    typeof path === 'string' && isVideoName(path) ? actions.playVideo(path) : false,
  )
  listen(desktopChannels.send, actions.send)
  listen(desktopChannels.menuCommands, value => {
    if (Array.isArray(value)) actions.setMenuCommands(new Set(value.filter(isMenuCommand)))
  })
  listen(desktopChannels.language, value => {
    if (isLanguage(value)) actions.setLanguage(value)
  })
}
