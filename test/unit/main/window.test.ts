import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test, vi } from 'vitest'
import {
  parseWindowState,
  placeWindow,
  readWindowState,
  smallestWindow,
  writeWindowState,
} from '../../../electron/main/window-state.ts'

vi.mock('electron', () => import('../../mocks/electron.ts'))
const { BrowserWindow } = await import('../../mocks/electron.ts')
const { openWindow, windowOptions } = await import('../../../electron/main/window.ts')

const folder = mkdtempSync(join(tmpdir(), 'kindred-window-'))
const state = join(folder, 'window.json')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const screens = [
  { x: 0, y: 0, width: 1920, height: 1080 },
  { x: 1920, y: 0, width: 1280, height: 1024 },
]

describe('window state', () => {
  test('opens the window where it was', () => {
    const bounds = { x: 2000, y: 40, width: 900, height: 600 }
    expect(placeWindow({ bounds, maximized: false }, screens)).toEqual(bounds)
  })

  test('opens the window in the middle of the first screen if there is no place, or its screen is gone', () => {
    const lost = { x: 9000, y: 40, width: 900, height: 600 }
    expect(placeWindow({ bounds: lost, maximized: false }, screens)).toEqual({ width: 1280, height: 800 })
    expect(placeWindow({ maximized: false }, [{ x: 0, y: 0, width: 1024, height: 600 }])).toEqual({
      width: 1024,
      height: 600,
    })
    expect(placeWindow({ maximized: false }, [])).toEqual({ width: 1280, height: 800 })
  })

  test('keeps the title bar on a screen, wherever the window was', () => {
    const whole = fc.integer({ min: -5000, max: 5000 })
    const size = fc.integer({ min: 1, max: 5000 })
    fc.assert(
      fc.property(fc.record({ x: whole, y: whole, width: size, height: size }), bounds => {
        const place = placeWindow({ bounds, maximized: false }, screens)
        expect(place.width).toBeGreaterThanOrEqual(smallestWindow.width)
        const { x, y } = place
        if (x === undefined || y === undefined) return
        expect(screens.some(s => x >= s.x && y >= s.y && x + place.width <= s.x + s.width)).toBe(true)
      }),
    )
  })

  test('reads what was written, and ignores anything else', () => {
    const kept = { bounds: { x: 1, y: 2, width: 900, height: 600 }, maximized: true }
    writeWindowState(state, kept)
    expect(readWindowState(state)).toEqual(kept)
    expect(readWindowState(join(folder, 'none'))).toEqual({ maximized: false })
    writeWindowState(join(folder, 'no', 'such', 'folder'), kept)
    fc.assert(fc.property(fc.string(), text => void parseWindowState(text)))
    expect(parseWindowState('{"bounds":{"x":"1"},"maximized":1}')).toEqual({ maximized: false })
    expect(parseWindowState('null')).toEqual({ maximized: false })
  })
})

test('window: is shown with its first frame, in the colours of the system, and remembers its place', () => {
  writeWindowState(state, { maximized: true })
  openWindow({ preload: '/app/preload.cjs', state }, 'app://kindred/')
  const window = BrowserWindow.all.at(-1)!
  expect(window.options).toMatchObject({
    show: false,
    backgroundColor: '#161617',
    minWidth: 640,
    webPreferences: {
      preload: '/app/preload.cjs',
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
    },
  })
  expect(window.loadURL).toHaveBeenCalledExactlyOnceWith('app://kindred/')
  expect(window.show).not.toHaveBeenCalled()
  window.emit('ready-to-show')
  expect(window.maximize).toHaveBeenCalledOnce()
  expect(window.show).toHaveBeenCalledOnce()
  window.emit('close')
  expect(JSON.parse(readFileSync(state, 'utf8'))).toEqual({
    bounds: { x: 10, y: 20, width: 900, height: 600 },
    maximized: false,
  })
})

test('window: is light on a light system', () =>
  expect(windowOptions({ preload: 'p', state }, { width: 1, height: 1 }, false).backgroundColor).toBe(
    '#f7f7f8',
  ))
