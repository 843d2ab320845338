import type { OverlayOptions } from 'sharp'

/** A colour behind a transparent picture. */
export type Ground = readonly [red: number, green: number, blue: number]

const WHITE: Ground = [255, 255, 255]
const DARK: Ground = [64, 64, 64]

/** Mean distance from white, of 255, below which a picture can't be made out on white. */
const PALE = 40

/** The part of a picture that must be clear before its ground matters. */
const CLEAR_PART = 0.02

/** Pixels in rows without gaps, RGBA, one byte a channel. */
interface Clear {
  readonly data: Uint8Array
  readonly width: number
  readonly height: number
}

/** The ground that gives contrast: dark behind what is nearly white, white behind all else. */
export function groundOf({ data }: Clear): Ground {
  let [visible, fromWhite] = [0, 0]
  for (let at = 0; at < data.length; at += 4) {
    const alpha = data[at + 3]!
    visible += alpha
    fromWhite += alpha * (255 - (0.2126 * data[at]! + 0.7152 * data[at + 1]! + 0.0722 * data[at + 2]!))
  }
  const isClear = visible < (1 - CLEAR_PART) * 255 * (data.length / 4)
  return isClear && visible > 0 && fromWhite / visible < PALE ? DARK : WHITE
}

/** The picture on its ground: RGB. */
export function onGround(clear: Clear): Buffer {
  const { data } = clear
  const ground = groundOf(clear)
  const flat = Buffer.alloc((data.length / 4) * 3)
  for (let from = 0, to = 0; from < data.length; from += 4, to += 3) {
    const alpha = data[from + 3]! / 255
    for (let channel = 0; channel < 3; channel++)
      flat[to + channel] = Math.round(data[from + channel]! * alpha + ground[channel]! * (1 - alpha))
  }
  return flat
}

/** Edge of a square of the checkerboard in pixels. */
const SQUARE = 12

/**
 * What sharp lays under a picture so that it is seen to be transparent: two shades of its ground.
 * @param size of the picture in pixels: a tile may not be larger
 */
export function checkerboard(ground: Ground, size: { width: number; height: number }): OverlayOptions {
  const [width, height] = [size.width, size.height].map(side => Math.max(1, Math.min(2 * SQUARE, side)))
  const input = Buffer.alloc(width! * height! * 3)
  for (let y = 0; y < height!; y++)
    for (let x = 0; x < width!; x++) {
      const isOther = Math.floor(x / SQUARE) !== Math.floor(y / SQUARE)
      const shade = ground === WHITE ? -18 : 18
      input.set(
        ground.map(value => value + (isOther ? shade : 0)),
        (y * width! + x) * 3,
      )
    }
  return { input, raw: { width: width!, height: height!, channels: 3 }, tile: true, blend: 'dest-over' }
}
