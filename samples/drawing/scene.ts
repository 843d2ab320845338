import type { Random } from '../../electron/shared/random.ts'
import type { Colour } from './colour.ts'
import type { Sketch } from './sketch.ts'

/** The size of a drawing in its own units: the longer edge is always 1000, whatever the pixels will be. */
export interface Frame {
  readonly width: number
  readonly height: number
}

/** A pixel in the making; painters change it in place, since a new array per pixel would cost most of the time. */
export type Pixel = [red: number, green: number, blue: number]

/** The whole ground of a picture, colour by colour. */
export interface PaintedLayer {
  readonly paint: (x: number, y: number, pixel: Pixel) => void
  /** Painted at this share of the final size, then enlarged: skies need a quarter, ripples more than half. */
  readonly detail: number
}

export interface DrawnLayer {
  readonly sketch: Sketch
  /** Out of focus by this many units of the frame. The more blurred, the smaller it is rendered. */
  readonly blur?: number
  readonly blend?: 'over' | 'screen'
}

/** What a scene asks of the finish; the rest differs from one picture to the next like exposures of a camera. */
export interface Look {
  /** How far light spills over, 0–1. */
  readonly glow?: number
  readonly vignette?: number
  readonly grain?: number
}

export interface Picture {
  readonly ground: PaintedLayer
  /** From back to front. */
  readonly layers: readonly DrawnLayer[]
  readonly look?: Look
}

/** One kind of picture, and when such pictures are taken. */
export interface Scene {
  readonly name: string
  readonly months: readonly [first: number, last: number]
  readonly hours: readonly [first: number, last: number]
  readonly compose: (random: Random, frame: Frame) => Picture
}

/** Moves a pixel the share `t` towards a colour. */
export function tint(pixel: Pixel, colour: Colour, t: number): void {
  pixel[0] += (colour[0] - pixel[0]) * t
  pixel[1] += (colour[1] - pixel[1]) * t
  pixel[2] += (colour[2] - pixel[2]) * t
}

/** Adds light of a colour. */
export function shine(pixel: Pixel, colour: Colour, amount: number): void {
  pixel[0] += colour[0] * amount
  pixel[1] += colour[1] * amount
  pixel[2] += colour[2] * amount
}

export function set(pixel: Pixel, colour: Colour): void {
  pixel[0] = colour[0]
  pixel[1] = colour[1]
  pixel[2] = colour[2]
}

/** Makes a pixel brighter or darker. */
export function scale(pixel: Pixel, factor: number): void {
  pixel[0] *= factor
  pixel[1] *= factor
  pixel[2] *= factor
}

/** Sets a pixel to a place on a gradient of evenly spaced colours. */
export function ramp(pixel: Pixel, colours: readonly Colour[], t: number): void {
  const place = Math.min(0.9999, Math.max(0, t)) * (colours.length - 1)
  const index = Math.floor(place)
  set(pixel, colours[index]!)
  tint(pixel, colours[index + 1]!, place - index)
}
