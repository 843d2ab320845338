import { describe, expect, test, vi } from 'vitest'
import { openPageChannels } from '../../../electron/main/page-channels.ts'
import { desktopChannels } from '../../../electron/shared/desktop.ts'

vi.mock('electron', () => import('../../mocks/electron.ts'))
const { ipcMain, ipcRenderer, contextBridge } = await import('../../mocks/electron.ts')

const own = { senderFrame: { url: 'app://kindred/', parent: null } }
const strangers = [
  { senderFrame: { url: 'https://example.org/', parent: null } },
  { senderFrame: { url: 'app://kindred/', parent: {} } },
  { senderFrame: null },
]

describe('page channels', () => {
  const actions = {
    open: vi.fn(() => Promise.resolve(true)),
    send: vi.fn(),
    chooseFolders: vi.fn(() => Promise.resolve(['/photos'])),
    playVideo: vi.fn(() => Promise.resolve(true)),
    setMenuCommands: vi.fn(),
    setLanguage: vi.fn(),
  }
  openPageChannels(ipcMain as never, { origin: 'app://kindred' }, actions)

  test('respond to Kindred’s own page', async () => {
    await expect(ipcMain.handlers.get(desktopChannels.open)!(own)).resolves.toBe(true)
    await expect(ipcMain.handlers.get(desktopChannels.chooseFolders)!(own)).resolves.toEqual(['/photos'])
    ipcMain.emit(desktopChannels.send, own, { type: 'cancel', id: 1 })
    expect(actions.send).toHaveBeenCalledExactlyOnceWith({ type: 'cancel', id: 1 })
    ipcMain.emit(desktopChannels.menuCommands, own, ['trash', 'format-disk', 7])
    ipcMain.emit(desktopChannels.menuCommands, own, 'trash')
    expect(actions.setMenuCommands).toHaveBeenCalledExactlyOnceWith(new Set(['trash']))
    ipcMain.emit(desktopChannels.language, own, 'de')
    ipcMain.emit(desktopChannels.language, own, '__proto__')
    expect(actions.setLanguage).toHaveBeenCalledExactlyOnceWith('de')
  })

  test('play videos, and open no other file', async () => {
    const play = ipcMain.handlers.get(desktopChannels.playVideo)!
    await expect(play(own, '/films/Birthday.MP4')).resolves.toBe(true)
    for (const path of ['/bin/sh', '/films/mp4', '/films/a.mp4.sh', '', undefined, { path: 'a.mp4' }])
      await expect(play(own, path)).resolves.toBe(false)
    expect(actions.playVideo).toHaveBeenCalledExactlyOnceWith('/films/Birthday.MP4')
  })

  test.each(strangers)('ignore any other sender: %j', stranger => {
    vi.clearAllMocks()
    for (const handler of ipcMain.handlers.values()) expect(() => handler(stranger)).toThrow('Not allowed')
    for (const channel of ipcMain.eventNames()) ipcMain.emit(channel, stranger, ['trash'])
    for (const action of Object.values(actions)) expect(action).not.toHaveBeenCalled()
  })

  test('are the channels that the preload script uses', async () => {
    await import('../../../electron/preload/preload.ts')
    const [name, bridge] = contextBridge.exposeInMainWorld.mock.calls[0] as [string, Record<string, unknown>]
    expect(name).toBe('kindred')
    expect(Object.keys(bridge).sort()).toEqual(
      [
        'chooseFolders',
        'onMenu',
        'pathForFile',
        'platform',
        'playVideo',
        'rpc',
        'setLanguage',
        'setMenuCommands',
      ].sort(),
    )
    const { rpc, onMenu } = bridge as {
      rpc: Record<string, (listener?: unknown) => unknown>
      onMenu: (listener: unknown) => () => void
    }
    await rpc.open!()
    ipcRenderer.invoke.mockResolvedValueOnce(false)
    await expect(rpc.open!()).rejects.toThrow('not there')
    const heard = vi.fn()
    const stop = onMenu(heard)
    ipcRenderer.emit(desktopChannels.menu, { sender: 'hidden' }, 'trash')
    ipcRenderer.emit(desktopChannels.menu, {}, 'format-disk')
    stop()
    ipcRenderer.emit(desktopChannels.menu, {}, 'trash')
    expect(heard.mock.calls).toEqual([['trash']])
    const message = vi.fn()
    const closed = vi.fn()
    rpc.onMessage!(message)
    rpc.onClose!(closed)
    ipcRenderer.emit(desktopChannels.message, {}, { type: 'hello', version: '1' })
    ipcRenderer.emit(desktopChannels.closed, {})
    expect(message.mock.calls).toEqual([[{ type: 'hello', version: '1' }]])
    expect(closed.mock.calls).toEqual([[]])
  })
})
