import { app, ipcMain, powerMonitor, protocol, session, shell, type BrowserWindow } from 'electron'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import {
  APP_ORIGIN,
  desktopChannels,
  PHOTO_SCHEME,
  type DesktopPlatform,
  type MenuCommand,
} from '../shared/desktop.ts'
import { engineSettings } from '../shared/engine-environment.ts'
import type { MachineMessage } from '../shared/machine-state.ts'
import { surviveRejections } from '../shared/rejections.ts'
import { askAfterFailure, chooseFolders, showRepaired } from './dialogs.ts'
import { EngineProcess, type EngineState } from './engine-process.ts'
import { languageOf } from '../shared/languages.ts'
import type { Texts } from './locales/en.ts'
import { textsOf } from './locales/texts.ts'
import { openLog } from './log-file.ts'
import { MachineWatch } from './machine-watch.ts'
import { appHandler, photoHandler } from './media-protocol.ts'
import { setMenu } from './menu.ts'
import { openPageChannels } from './page-channels.ts'
import { engineEnvironment, placesOf, type Places } from './places.ts'
import { RpcRelay } from './rpc-relay.ts'
import { guardSession, type PageOrigin } from './security.ts'
import { openWindow } from './window.ts'

const platforms: Partial<Record<NodeJS.Platform, DesktopPlatform>> = { darwin: 'mac', win32: 'windows' }

/** The desktop app: one window, one engine process, and the messages between them. */
export class DesktopApp {
  readonly #page: PageOrigin
  readonly #places: Places
  readonly #logFile: string
  readonly #engine: EngineProcess
  readonly #relay: RpcRelay
  readonly #machine: MachineWatch
  #window: BrowserWindow | undefined
  #enabled: ReadonlySet<MenuCommand> | undefined
  #asking = false
  #texts: Texts = textsOf[languageOf(app.getLocale())]

  constructor(page: PageOrigin) {
    this.#page = page
    this.#places = placesOf({
      packaged: app.isPackaged,
      appPath: app.getAppPath(),
      resourcesPath: process.resourcesPath,
      platform: process.platform,
      fromSources: process.env.KINDRED_ENGINE_SOURCES === '1',
    })
    this.#logFile = join(app.getPath('logs'), 'engine.log')
    const log = openLog(this.#logFile)
    surviveRejections(process, log)
    const own = app.getPath('userData')
    mkdirSync(own, { recursive: true })
    this.#engine = new EngineProcess({
      command: {
        ...this.#places.engine,
        env: {
          ...engineEnvironment(process.env, this.#places.resources),
          ...engineSettings({}, join(own, 'engine-code')),
        },
        // Not the current folder: it may lie on a drive that is unplugged later.
        cwd: own,
      },
      onMessage: message => this.#relay.fromEngine(message),
      onGone: () => this.#relay.engineGone(),
      onState: state => this.#follow(state),
      onLog: log,
    })
    this.#machine = new MachineWatch(powerMonitor, state =>
      this.#engine.send({ type: 'machine', state } satisfies MachineMessage),
    )
    this.#relay = new RpcRelay({
      toEngine: message => this.#engine.send(message),
      toPage: message => this.#sendToPage(desktopChannels.message, message),
      closePage: () => this.#sendToPage(desktopChannels.closed),
    })
  }

  /** Call it once Electron is ready. */
  start(): void {
    protocol.handle(new URL(APP_ORIGIN).protocol.slice(0, -1), appHandler(this.#places.renderer))
    protocol.handle(PHOTO_SCHEME, photoHandler({ access: () => this.#engine.media, page: this.#page }))
    guardSession(session.defaultSession, this.#page)
    openPageChannels(ipcMain, this.#page, {
      open: () => this.#connect(),
      send: message => this.#relay.fromPage(message),
      chooseFolders: async () => (this.#window ? chooseFolders(this.#window, this.#texts) : []),
      playVideo: async path => (await shell.openPath(path)) === '',
      setMenuCommands: commands => {
        this.#enabled = commands
        this.#showMenu()
      },
      setLanguage: language => {
        this.#texts = textsOf[language]
        this.#showMenu()
      },
    })
    this.#showMenu()
    this.#engine.start()
    this.#machine.start()
    this.showWindow()
  }

  /** Brings the window to the front; opens it if there is none. */
  showWindow(): void {
    if (this.#window) {
      if (this.#window.isMinimized()) this.#window.restore()
      this.#window.focus()
      return
    }
    const files = {
      preload: this.#places.preload,
      state: join(app.getPath('userData'), 'window.json'),
      icon: this.#places.icon,
    }
    const window = openWindow(files, `${this.#page.origin}/`)
    this.#window = window
    window.once('closed', () => {
      this.#window = undefined
      this.#relay.pageGone()
    })
    window.webContents.on('did-start-navigation', ({ isMainFrame, isSameDocument }) => {
      // Responses that are still on their way belong to the previous page.
      if (isMainFrame && !isSameDocument) this.#relay.pageGone()
    })
    window.webContents.on('render-process-gone', (_event, { reason }) => {
      this.#relay.pageGone()
      // A page that could not even start is not reloaded: that would repeat for ever.
      if (reason === 'crashed' || reason === 'oom') window.webContents.reload()
    })
  }

  get enginePid(): number | undefined {
    return this.#engine.pid
  }

  /** Closes the engine and its library, within a bounded time. */
  close(): Promise<void> {
    return this.#engine.close()
  }

  async #connect(): Promise<boolean> {
    const ready = await this.#engine.ready()
    if (ready) this.#relay.openPage()
    return ready
  }

  #sendToPage(channel: string, message?: unknown): void {
    if (this.#window && !this.#window.isDestroyed()) this.#window.webContents.send(channel, message)
  }

  #follow(state: EngineState): void {
    if (state === 'ready') {
      this.#machine.report()
      if (this.#engine.repaired !== undefined) void showRepaired(this.#texts, this.#engine.repaired)
    }
    if (state !== 'failed' || this.#asking) return
    this.#asking = true
    void askAfterFailure(this.#texts, this.#logFile, this.#engine.reason).then(answer => {
      this.#asking = false
      if (answer === 'quit') app.quit()
      else this.#engine.start(answer === 'repair')
    })
  }

  #showMenu(): void {
    setMenu({
      platform: platforms[process.platform] ?? 'linux',
      texts: this.#texts,
      enabled: this.#enabled,
      development: !app.isPackaged,
      send: command => {
        this.showWindow()
        this.#sendToPage(desktopChannels.menu, command)
      },
    })
  }
}
