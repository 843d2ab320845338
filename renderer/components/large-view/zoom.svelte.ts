/** Lengths on the screen are CSS pixels. */
export interface Size {
  readonly width: number
  readonly height: number
}

export interface Point {
  readonly x: number
  readonly y: number
}

export interface Box extends Size {
  readonly left: number
  readonly top: number
}

/** Device pixels for each pixel of the photo, at most. */
const LARGEST = 8
const STEP = 1.5
const MIDDLE: Point = { x: 0.5, y: 0.5 }

/**
 * How large a photo is shown, and which part of it. A scale is device pixels for each pixel of the photo: at 1 each pixel of
 * the photo is one of the screen.
 */
export class Zoom {
  /** The part of the stage that nothing covers: the photo fits into it, and fills more of the stage when zoomed. */
  area: Box = $state.raw({ left: 0, top: 0, width: 0, height: 0 })
  /** Pixels of the photo. */
  photo: Size = $state.raw({ width: 1, height: 1 })
  /** Device pixels for each CSS pixel. */
  ratio = $state(1)
  /** Undefined: as large as fits. */
  #chosen = $state<number | undefined>(undefined)
  /** The point of the photo, in shares of its size, that lies in the middle of the area. */
  #centre: Point = $state.raw(MIDDLE)
  /** The scale at which all of the photo is as large as fits. */
  readonly fitting = $derived.by(() => {
    const { area, photo, ratio } = this
    return Math.max(0, Math.min(area.width / photo.width, area.height / photo.height)) * ratio
  })
  readonly scale = $derived.by(() => this.#chosen ?? this.fitting)
  readonly box: Box = $derived.by(() => this.#place())

  get isFit(): boolean {
    return this.#chosen === undefined
  }

  get isActualSize(): boolean {
    return this.scale === 1
  }

  fit(): void {
    this.#chosen = undefined
    this.#centre = MIDDLE
  }

  /**
   * Zooms to a scale.
   * @param at the point of the stage that stays where it is; by default the middle of the area
   */
  to(scale: number, at?: Point): void {
    const next = Math.min(Math.max(LARGEST, this.fitting), Math.max(Math.min(1, this.fitting), scale))
    const under = at && this.shareAt(at)
    if (next <= this.fitting && this.fitting <= 1) {
      this.fit()
      return
    }
    this.#chosen = next
    const { area, photo, ratio } = this
    if (at && under)
      this.#centre = {
        x: under.x - (at.x - area.left - area.width / 2) / ((photo.width * next) / ratio),
        y: under.y - (at.y - area.top - area.height / 2) / ((photo.height * next) / ratio),
      }
    this.#centre = this.#inside(this.#centre)
  }

  by(factor: number, at?: Point): void {
    this.to(this.scale * factor, at)
  }

  closer(): void {
    this.by(STEP)
  }

  further(): void {
    this.by(1 / STEP)
  }

  /** Goes to actual size and back. */
  toggle(at?: Point): void {
    if (this.isFit) this.to(1, at)
    else this.fit()
  }

  pan(dx: number, dy: number): void {
    const { box } = this
    this.#centre = this.#inside({ x: this.#centre.x - dx / box.width, y: this.#centre.y - dy / box.height })
  }

  /** The point of the photo under a point of the stage, in shares of its size. */
  shareAt({ x, y }: Point): Point {
    const { box } = this
    return { x: (x - box.left) / box.width, y: (y - box.top) / box.height }
  }

  /** Keeps the area filled where the photo is larger, and the photo in its middle where it is smaller. */
  #inside({ x, y }: Point): Point {
    const { area, photo, ratio, scale } = this
    const within = (centre: number, part: number): number =>
      part >= 1 ? 0.5 : Math.min(1 - part / 2, Math.max(part / 2, centre))
    return {
      x: within(x, (area.width * ratio) / (photo.width * scale)),
      y: within(y, (area.height * ratio) / (photo.height * scale)),
    }
  }

  #place(): Box {
    const { area, photo, ratio, scale } = this
    const [width, height] = [(photo.width * scale) / ratio, (photo.height * scale) / ratio]
    const centre = this.#inside(this.#centre)
    // On whole device pixels, or each pixel of the photo would be spread over several of the screen.
    const whole = (length: number): number => Math.round(length * ratio) / ratio
    return {
      left: whole(area.left + area.width / 2 - centre.x * width),
      top: whole(area.top + area.height / 2 - centre.y * height),
      width,
      height,
    }
  }
}
