import type { IpcMain, IpcMainEvent, IpcMainInvokeEvent } from 'electron'
import { desktopChannels, isMenuCommand, type MenuCommand } from '../shared/desktop.ts'
import { maySend, senderOf, type PageOrigin } from './security.ts'

/** Everything that the window's page may ask of the main process. */
export interface PageActions {
  /** Resolves to whether the engine is ready. */
  readonly open: () => Promise<boolean>
  readonly send: (message: unknown) => void
  readonly chooseFolders: () => Promise<readonly string[]>
  readonly setMenuCommands: (commands: ReadonlySet<MenuCommand>) => void
}

/** Opens the channels. Messages from any other origin are ignored. */
export function openPageChannels(
  ipc: Pick<IpcMain, 'handle' | 'on'>,
  page: PageOrigin,
  actions: PageActions,
): void {
  const handle = (channel: string, action: () => Promise<unknown>): void => {
    ipc.handle(channel, (event: IpcMainInvokeEvent) => {
      if (!maySend(senderOf(event), page)) throw new Error('Not allowed')
      return action()
    })
  }
  const listen = (channel: string, action: (value: unknown) => void): void => {
    ipc.on(channel, (event: IpcMainEvent, value: unknown) => {
      if (maySend(senderOf(event), page)) action(value)
    })
  }
  handle(desktopChannels.open, actions.open)
  handle(desktopChannels.chooseFolders, actions.chooseFolders)
  listen(desktopChannels.send, actions.send)
  listen(desktopChannels.menuCommands, value => {
    if (Array.isArray(value)) actions.setMenuCommands(new Set(value.filter(isMenuCommand)))
  })
}
