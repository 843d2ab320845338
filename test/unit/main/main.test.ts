import { beforeEach, expect, test, vi } from 'vitest'
import type * as Mock from '../../mocks/electron.ts'

vi.mock('electron', () => import('../../mocks/electron.ts'))
const desktop = {
  start: vi.fn(),
  showWindow: vi.fn(),
  close: vi.fn((): Promise<unknown> => Promise.resolve()),
}
vi.mock('../../../electron/main/desktop-app.ts', () => ({
  DesktopApp: class {
    start = desktop.start
    showWindow = desktop.showWindow
    close = desktop.close
  },
}))

const electron = (await import('electron')) as unknown as typeof Mock

async function launch({ first }: { first: boolean }) {
  electron.app.requestSingleInstanceLock.mockReturnValue(first)
  await import('../../../electron/main/main.ts')
  if (first) await vi.waitFor(() => expect(desktop.start).toHaveBeenCalledOnce())
  return electron
}

beforeEach(() => {
  vi.resetModules()
  vi.clearAllMocks()
  electron.app.removeAllListeners()
})

test('main: a second start brings the first one’s window to the front and ends', async () => {
  const { app, protocol } = await launch({ first: false })
  expect(app.quit).toHaveBeenCalledOnce()
  expect(protocol.registerSchemesAsPrivileged).not.toHaveBeenCalled()
  expect(desktop.start).not.toHaveBeenCalled()
})

test('main: sets up schemes, sandbox and guards before the first window', async () => {
  const { app, protocol } = await launch({ first: true })
  const before = (one: { mock: { invocationCallOrder: number[] } }) => one.mock.invocationCallOrder[0]!
  for (const step of [protocol.registerSchemesAsPrivileged, app.enableSandbox, app.setPath])
    expect(before(step)).toBeLessThan(before(desktop.start))
  expect(app.listenerCount('web-contents-created')).toBe(1)
  app.emit('second-instance')
  expect(desktop.showWindow).toHaveBeenCalledOnce()
})

test('main: quits only after the engine has closed its library', async () => {
  const { app } = await launch({ first: true })
  const closing = Promise.withResolvers<undefined>()
  desktop.close.mockReturnValueOnce(closing.promise)
  const event = { preventDefault: vi.fn() }
  app.emit('will-quit', event)
  expect(event.preventDefault).toHaveBeenCalledOnce()
  expect(app.quit).not.toHaveBeenCalled()
  closing.resolve(undefined)
  await vi.waitFor(() => expect(app.quit).toHaveBeenCalledOnce())
  const last = { preventDefault: vi.fn() }
  app.emit('will-quit', last)
  expect(last.preventDefault).not.toHaveBeenCalled()
})
