import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { DesktopApp } from '../../electron/main/desktop-app.ts'
import type { ServerMessage } from '../../electron/shared/rpc.ts'
import { desktopChannels } from '../../electron/shared/desktop.ts'

/** The desktop app with a mock of Electron and the real engine in a process of its own. */
vi.mock('electron', () => import('../mocks/electron.ts'))
const electron = await import('../mocks/electron.ts')

const folder = mkdtempSync(join(tmpdir(), 'kindred-desktop-'))
const own = { senderFrame: { url: 'app://kindred/', parent: null } }
const root = join(import.meta.dirname, '..', '..')

interface MenuItem {
  readonly id?: string
  readonly enabled?: boolean
  readonly submenu?: readonly MenuItem[]
  readonly click?: () => void
}
const findItem = (items: readonly MenuItem[], id: string): MenuItem | undefined =>
  items.map(item => (item.id === id ? item : findItem(item.submenu ?? [], id))).find(Boolean)

let desktop: DesktopApp
let servePhoto: (request: GlobalRequest) => GlobalResponse | Promise<GlobalResponse>
let menu: readonly MenuItem[]
const page = () => electron.BrowserWindow.all.at(-1)!.webContents
const sent = (channel: string): unknown[] =>
  page()
    .send.mock.calls.filter(([name]) => name === channel)
    .map(([, value]): unknown => value)
const answers = () => sent(desktopChannels.message) as ServerMessage[]
const open = () => electron.ipcMain.handlers.get(desktopChannels.open)!(own)
const send = (message: unknown) => electron.ipcMain.emit(desktopChannels.send, own, message)
const answer = (id: number) =>
  vi.waitFor(
    () => {
      const found = answers().find(message => 'id' in message && message.id === id)
      if (!found) throw new Error('no answer yet')
      return found
    },
    { timeout: 20_000, interval: 20 },
  )

beforeAll(async () => {
  vi.stubEnv('KINDRED_LIBRARY', join(folder, 'library'))
  vi.stubEnv('KINDRED_ENGINE_SOURCES', '1')
  electron.app.getAppPath.mockReturnValue(root)
  electron.app.getPath.mockImplementation(name => join(folder, name))
  const { DesktopApp } = await import('../../electron/main/desktop-app.ts')
  desktop = new DesktopApp({ origin: 'app://kindred' })
  electron.Menu.setApplicationMenu.mockImplementation(template => {
    menu = template as unknown as MenuItem[]
  })
  desktop.start()
  servePhoto = electron.protocol.handle.mock.calls.find(([scheme]) => scheme === 'photo')![1]
})
afterAll(async () => {
  await desktop.close()
  rmSync(folder, { recursive: true, force: true })
})

test('desktop app: the page calls the engine and receives events', async () => {
  await expect(open()).resolves.toBe(true)
  send({ type: 'subscribe', event: 'library' })
  send({ type: 'call', id: 1, method: 'library.status', input: {} })
  expect(await answer(1)).toMatchObject({ type: 'ok', output: { photos: 0 } })
  expect(answers()).toContainEqual(expect.objectContaining({ type: 'event', event: 'library' }))
  send({ type: 'call', id: 2, method: 'no.such', input: {} })
  expect(await answer(2)).toMatchObject({ type: 'err', error: { code: 'bad-argument' } })
})

test('desktop app: a reloaded page starts afresh', async () => {
  page().emit('did-start-navigation', { isMainFrame: true, isSameDocument: false })
  page().send.mockClear()
  send({ type: 'call', id: 1, method: 'library.status', input: {} })
  await expect(open()).resolves.toBe(true)
  expect(answers()).toEqual([expect.objectContaining({ type: 'hello' })])
  send({ type: 'call', id: 1, method: 'folders.list', input: {} })
  expect(await answer(1)).toMatchObject({ type: 'ok', output: { folders: [] } })
})

test('desktop app: menu commands reach the page, and the page disables some', () => {
  findItem(menu, 'find-similar')!.click!()
  expect(sent(desktopChannels.menu)).toEqual(['find-similar'])
  electron.ipcMain.emit(desktopChannels.menuCommands, own, ['keys'])
  expect(findItem(menu, 'find-similar')!.enabled).toBe(false)
  expect(findItem(menu, 'keys')!.enabled).toBe(true)
})

test('desktop app: folders come from the system’s dialog', async () => {
  const choose = () => electron.ipcMain.handlers.get(desktopChannels.chooseFolders)!(own)
  await expect(choose()).resolves.toEqual([])
  electron.dialog.showOpenDialog.mockResolvedValueOnce({ canceled: false, filePaths: ['/photos'] })
  await expect(choose()).resolves.toEqual(['/photos'])
})

test('desktop app: the page notices the end of the engine and reconnects to the next one', async () => {
  page().send.mockClear()
  process.kill(desktop.enginePid!, 'SIGKILL')
  await vi.waitFor(() => expect(sent(desktopChannels.closed)).toHaveLength(1), { timeout: 5_000 })
  await expect(open()).resolves.toBe(true)
  send({ type: 'call', id: 9, method: 'library.status', input: {} })
  expect(await answer(9)).toMatchObject({ type: 'ok' })
  expect(readFileSync(join(folder, 'logs', 'engine.log'), 'utf8')).toContain('ended by SIGKILL')
})

test('desktop app: photos are forwarded while the engine is ready', async () => {
  const answer = await servePhoto({
    url: 'photo://thumb/1',
    method: 'GET',
    headers: new Headers(),
  } as unknown as GlobalRequest)
  expect(answer.status).toBe(404)
})

test('desktop app: closing the window keeps the engine, closing the app ends it', async () => {
  const first = electron.BrowserWindow.all.length
  electron.BrowserWindow.all.at(-1)!.emit('closed')
  desktop.showWindow()
  expect(electron.BrowserWindow.all).toHaveLength(first + 1)
  desktop.showWindow()
  expect(electron.BrowserWindow.all.at(-1)!.focus).toHaveBeenCalledOnce()
  await expect(open()).resolves.toBe(true)
  const pid = desktop.enginePid!
  await desktop.close()
  expect(() => process.kill(pid, 0)).toThrow()
  await expect(open()).resolves.toBe(false)
})
