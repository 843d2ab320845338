/** A part of a photo, in shares of its width and height as it is shown. */
export interface Area {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Shares of the photo's sides: the least that a box is wide and high, and how far a key moves it. */
export const SMALLEST = 0.05
const KEY_STEP = 0.02
const FIRST: Area = { x: 0.25, y: 0.25, width: 0.5, height: 0.5 }

const within = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value))

/** Moves a part; it stays inside the photo. */
export const moved = (area: Area, dx: number, dy: number): Area => ({
  ...area,
  x: within(area.x + dx, 0, 1 - area.width),
  y: within(area.y + dy, 0, 1 - area.height),
})

/** Moves the right and the lower edge of a part; it stays inside the photo. */
export const resized = (area: Area, dx: number, dy: number): Area => ({
  ...area,
  width: within(area.width + dx, SMALLEST, 1 - area.x),
  height: within(area.height + dy, SMALLEST, 1 - area.y),
})

/** The part between two points. One that is too small is made as large as it must be, inside the photo. */
export function between(a: { x: number; y: number }, b: { x: number; y: number }): Area {
  const [x, width] = span(a.x, b.x)
  const [y, height] = span(a.y, b.y)
  return { x, y, width, height }
}

function span(a: number, b: number): [start: number, length: number] {
  const [low, high] = [within(Math.min(a, b), 0, 1), within(Math.max(a, b), 0, 1)]
  const start = Math.min(low, 1 - SMALLEST)
  return [start, Math.max(SMALLEST, high - start)]
}

const steps: Readonly<Record<string, readonly [dx: number, dy: number]>> = {
  ArrowLeft: [-KEY_STEP, 0],
  ArrowRight: [KEY_STEP, 0],
  ArrowUp: [0, -KEY_STEP],
  ArrowDown: [0, KEY_STEP],
}

/** The box that chooses a part of the photo to search by, while there is one. */
export class CropBox {
  active = $state(false)
  area: Area = $state.raw(FIRST)

  /** @param area the part to begin with */
  begin(area: Area = FIRST): void {
    this.area = area
    this.active = true
  }

  end(): void {
    this.active = false
  }

  toggle(): void {
    if (this.active) this.end()
    else this.begin()
  }

  /** Moves the box by an arrow key, resizes it with Shift. Returns whether the key was one. */
  press({ key, shiftKey }: Pick<KeyboardEvent, 'key' | 'shiftKey'>): boolean {
    const step = steps[key]
    if (!step) return false
    this.area = (shiftKey ? resized : moved)(this.area, ...step)
    return true
  }
}
