import type { IpcMain, IpcMainEvent, IpcMainInvokeEvent } from 'electron'
import { desktopChannels, isMenuCommand, type MenuCommand } from '../shared/desktop.ts'
import { maySend, senderOf, type PageOrigin } from './security.ts'

/** What the window's page may ask of the main process: all of it. */
export interface PageActions {
  /** Answers whether the engine can be asked. */
  readonly open: () => Promise<boolean>
  readonly send: (message: unknown) => void
  readonly chooseFolders: () => Promise<readonly string[]>
  readonly setMenuCommands: (commands: ReadonlySet<MenuCommand>) => void
}

/** Opens the channels. Who is not Kindred's own page is not heard. */
export function openPageChannels(
  ipc: Pick<IpcMain, 'handle' | 'on'>,
  page: PageOrigin,
  actions: PageActions,
): void {
  const answer = (channel: string, action: () => Promise<unknown>): void => {
    ipc.handle(channel, (event: IpcMainInvokeEvent) => {
      if (!maySend(senderOf(event), page)) throw new Error('Not allowed')
      return action()
    })
  }
  const hear = (channel: string, action: (value: unknown) => void): void => {
    ipc.on(channel, (event: IpcMainEvent, value: unknown) => {
      if (maySend(senderOf(event), page)) action(value)
    })
  }
  answer(desktopChannels.open, actions.open)
  answer(desktopChannels.chooseFolders, actions.chooseFolders)
  hear(desktopChannels.send, actions.send)
  hear(desktopChannels.menuCommands, value => {
    if (Array.isArray(value)) actions.setMenuCommands(new Set(value.filter(isMenuCommand)))
  })
}
