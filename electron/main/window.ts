import { BrowserWindow, nativeTheme, screen, type BrowserWindowConstructorOptions } from 'electron'
import { safeWebPreferences } from './security.ts'
import { placeWindow, readWindowState, smallestWindow, writeWindowState } from './window-state.ts'

export interface WindowFiles {
  readonly preload: string
  /** File that keeps the window's place. */
  readonly state: string
  readonly icon?: string
}

/** The page's background colours, so that nothing flashes before its first frame. */
const backgrounds = { dark: '#161617', light: '#f7f7f8' } as const

export function windowOptions(
  { preload, icon }: WindowFiles,
  place: { readonly width: number; readonly height: number; readonly x?: number; readonly y?: number },
  dark: boolean,
): BrowserWindowConstructorOptions {
  return {
    title: 'Kindred',
    ...place,
    minWidth: smallestWindow.width,
    minHeight: smallestWindow.height,
    show: false,
    backgroundColor: dark ? backgrounds.dark : backgrounds.light,
    ...(icon === undefined ? {} : { icon }),
    webPreferences: safeWebPreferences(preload),
  }
}

/** Opens the window. It is shown with its first frame. */
export function openWindow(files: WindowFiles, url: string): BrowserWindow {
  const state = readWindowState(files.state)
  const place = placeWindow(
    state,
    screen.getAllDisplays().map(display => display.workArea),
  )
  const window = new BrowserWindow(windowOptions(files, place, nativeTheme.shouldUseDarkColors))
  window.once('ready-to-show', () => {
    if (state.maximized) window.maximize()
    window.show()
  })
  window.on('close', () =>
    writeWindowState(files.state, { bounds: window.getNormalBounds(), maximized: window.isMaximized() }),
  )
  // The page's title changes with its view; the window's title stays "Kindred".
  window.on('page-title-updated', event => event.preventDefault())
  void window.loadURL(url).catch(() => undefined)
  return window
}
