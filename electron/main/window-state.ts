import { readFileSync, renameSync, writeFileSync } from 'node:fs'

export interface Rectangle {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface WindowState {
  readonly bounds?: Rectangle
  readonly maximized: boolean
}

export const smallestWindow = { width: 640, height: 480 } as const
const firstWindow = { width: 1280, height: 800 } as const

const isRectangle = (value: unknown): value is Rectangle => {
  if (typeof value !== 'object' || value === null) return false
  const { x, y, width, height } = value as Record<string, unknown>
  return [x, y, width, height].every(Number.isInteger)
}

export function parseWindowState(text: string): WindowState {
  try {
    const { bounds, maximized } = JSON.parse(text) as Record<string, unknown>
    return { ...(isRectangle(bounds) ? { bounds } : {}), maximized: maximized === true }
  } catch {
    return { maximized: false }
  }
}

/**
 * Where the window opens: where it was, if a screen still shows that place, otherwise in the middle of the first
 * screen. Never larger than the screen.
 * @param screens the work areas of the screens, the first screen first
 */
export function placeWindow(
  { bounds }: WindowState,
  screens: readonly Rectangle[],
): Partial<Rectangle> & { width: number; height: number } {
  const home = bounds && screens.find(screen => overlap(bounds, screen) >= 100 * 100)
  if (bounds && home) {
    const width = clamp(bounds.width, smallestWindow.width, home.width)
    const height = clamp(bounds.height, smallestWindow.height, home.height)
    // The title bar must stay on the screen.
    const x = clamp(bounds.x, home.x, home.x + home.width - width)
    const y = clamp(bounds.y, home.y, home.y + home.height - height)
    return { x, y, width, height }
  }
  const [first] = screens
  return {
    width: Math.min(firstWindow.width, first?.width ?? firstWindow.width),
    height: Math.min(firstWindow.height, first?.height ?? firstWindow.height),
  }
}

const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(value, high))

function overlap(a: Rectangle, b: Rectangle): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y)
  return Math.max(0, width) * Math.max(0, height)
}

export function readWindowState(file: string): WindowState {
  try {
    return parseWindowState(readFileSync(file, 'utf8'))
  } catch {
    return { maximized: false }
  }
}

/** Failures are ignored. */
export function writeWindowState(file: string, state: WindowState): void {
  try {
    writeFileSync(`${file}.new`, JSON.stringify(state))
    renameSync(`${file}.new`, file)
  } catch {
    // At worst the next window opens in the middle of the screen.
  }
}
