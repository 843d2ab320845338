import { vi } from 'vitest'
import { EventEmitter } from 'node:events'
import type * as Electron from 'electron'

/**
 * Mocks of the part of Electron that the main process uses. Typed against the real module, so that a renamed function
 * no longer compiles here. Use: `vi.mock('electron', () => import('…/mocks/electron.ts'))`.
 */
class MockWebContents extends EventEmitter {
  readonly send = vi.fn<Electron.WebContents['send']>()
  readonly reload = vi.fn()
  readonly setWindowOpenHandler = vi.fn<Electron.WebContents['setWindowOpenHandler']>()
}

class MockBrowserWindow extends EventEmitter {
  static readonly all: MockBrowserWindow[] = []
  readonly options: Electron.BrowserWindowConstructorOptions
  readonly webContents = new MockWebContents()
  readonly loadURL = vi.fn<Electron.BrowserWindow['loadURL']>(() => Promise.resolve())
  readonly show = vi.fn()
  readonly focus = vi.fn()
  readonly restore = vi.fn()
  readonly maximize = vi.fn()
  readonly isMinimized = vi.fn(() => false)
  readonly isMaximized = vi.fn(() => false)
  readonly isDestroyed = vi.fn(() => false)
  readonly getNormalBounds = vi.fn(() => ({ x: 10, y: 20, width: 900, height: 600 }))

  constructor(options: Electron.BrowserWindowConstructorOptions = {}) {
    super()
    this.options = options
    MockBrowserWindow.all.push(this)
  }
}

class MockIpcMain extends EventEmitter {
  readonly handlers = new Map<string, (event: unknown, ...args: unknown[]) => unknown>()
  readonly handle = (channel: string, handler: (event: never, ...args: never[]) => unknown): void => {
    this.handlers.set(channel, handler as (event: unknown, ...args: unknown[]) => unknown)
  }
}

class MockApp extends EventEmitter {
  readonly isPackaged = false
  readonly quit = vi.fn()
  readonly setName = vi.fn()
  readonly setPath = vi.fn()
  readonly enableSandbox = vi.fn()
  readonly requestSingleInstanceLock = vi.fn(() => true)
  readonly whenReady = vi.fn(() => Promise.resolve())
  readonly getAppPath = vi.fn(() => process.cwd())
  readonly getPath = vi.fn((name: string) => `/nowhere/${name}`)
  readonly getLocale = vi.fn(() => 'en-US')
}

export const app = new MockApp()
export const BrowserWindow = MockBrowserWindow
export const ipcMain = new MockIpcMain()
export const nativeTheme = { shouldUseDarkColors: true } satisfies Partial<Electron.NativeTheme>
export const screen = {
  getAllDisplays: vi.fn(() => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }]),
}
export const powerMonitor = Object.assign(new EventEmitter(), {
  isOnBatteryPower: vi.fn(() => false),
  getCurrentThermalState: vi.fn<Electron.PowerMonitor['getCurrentThermalState']>(() => 'unknown'),
  getSystemIdleTime: vi.fn(() => 0),
})
export const Menu = {
  setApplicationMenu: vi.fn<typeof Electron.Menu.setApplicationMenu>(),
  buildFromTemplate: vi.fn((template: Electron.MenuItemConstructorOptions[]) => template),
}
export const dialog = {
  showOpenDialog: vi.fn<(...args: unknown[]) => Promise<Electron.OpenDialogReturnValue>>(() =>
    Promise.resolve({ canceled: true, filePaths: [] }),
  ),
  showMessageBox: vi.fn<(...args: unknown[]) => Promise<Electron.MessageBoxReturnValue>>(() =>
    Promise.resolve({ response: 2, checkboxChecked: false }),
  ),
}
export const shell = { showItemInFolder: vi.fn<Electron.Shell['showItemInFolder']>() }
export const protocol = {
  handle: vi.fn<Electron.Protocol['handle']>(),
  registerSchemesAsPrivileged: vi.fn<Electron.Protocol['registerSchemesAsPrivileged']>(),
}
export const session = {
  defaultSession: Object.assign(new EventEmitter(), {
    setPermissionRequestHandler: vi.fn<Electron.Session['setPermissionRequestHandler']>(),
    setPermissionCheckHandler: vi.fn<Electron.Session['setPermissionCheckHandler']>(),
    setDevicePermissionHandler: vi.fn<Electron.Session['setDevicePermissionHandler']>(),
  }),
}

export const contextBridge = { exposeInMainWorld: vi.fn<Electron.ContextBridge['exposeInMainWorld']>() }
export const ipcRenderer = Object.assign(new EventEmitter(), {
  send: vi.fn<Electron.IpcRenderer['send']>(),
  invoke: vi.fn<(channel: string, ...args: unknown[]) => Promise<unknown>>(() => Promise.resolve(true)),
})
export const webUtils = { getPathForFile: vi.fn<Electron.WebUtils['getPathForFile']>(() => '/a/photo.jpg') }
