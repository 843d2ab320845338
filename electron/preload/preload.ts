/** @file Entry of the preload script: gives the window's page `window.kindred` (see electron/shared/desktop.ts). */
import { contextBridge, ipcRenderer, webUtils, type IpcRendererEvent } from 'electron'
import {
  desktopChannels,
  isMenuCommand,
  type DesktopBridge,
  type DesktopPlatform,
} from '../shared/desktop.ts'
import type { ServerMessage } from '../shared/rpc.ts'

/** The page gets functions only: with ipcRenderer or its event it could reach every channel. */
function listen(channel: string, listener: (value: unknown) => void): () => void {
  const handle = (_event: IpcRendererEvent, value: unknown): void => listener(value)
  ipcRenderer.on(channel, handle)
  return () => void ipcRenderer.off(channel, handle)
}

const platforms: Partial<Record<NodeJS.Platform, DesktopPlatform>> = { darwin: 'mac', win32: 'windows' }

const bridge: DesktopBridge = {
  rpc: {
    open: async () => {
      // The result is a value: Electron would pass a thrown error on as text wrapped in its own message.
      const opened: unknown = await ipcRenderer.invoke(desktopChannels.open)
      if (opened !== true) throw new Error('The engine is not there yet.')
    },
    send: message => ipcRenderer.send(desktopChannels.send, message),
    onMessage: listener => listen(desktopChannels.message, message => listener(message as ServerMessage)),
    onClose: listener => listen(desktopChannels.closed, () => listener()),
  },
  chooseFolders: () => ipcRenderer.invoke(desktopChannels.chooseFolders) as Promise<readonly string[]>,
  pathForFile: file => webUtils.getPathForFile(file as Parameters<typeof webUtils.getPathForFile>[0]),
  playVideo: path => ipcRenderer.invoke(desktopChannels.playVideo, path) as Promise<boolean>,
  platform: platforms[process.platform] ?? 'linux',
  onMenu: listener =>
    listen(desktopChannels.menu, command => {
      if (isMenuCommand(command)) listener(command)
    }),
  setMenuCommands: commands => ipcRenderer.send(desktopChannels.menuCommands, commands),
  setLanguage: language => ipcRenderer.send(desktopChannels.language, language),
}

contextBridge.exposeInMainWorld('kindred', bridge)
