import type { Random } from '../../shared/random.ts'

/** A picture being drawn: its size, its luck, and the SVG so far. */
export interface Scene {
  readonly width: number
  readonly height: number
  readonly random: Random
}

export type Draw = (scene: Scene) => string

export const hsl = (hue: number, saturation: number, lightness: number, alpha = 1): string =>
  `hsla(${(((hue % 360) + 360) % 360) | 0},${saturation | 0}%,${lightness | 0}%,${alpha})`

let gradients = 0

/** A filled background of colours from top to bottom. */
export function sky({ width, height }: Scene, colours: readonly string[], to = 1): string {
  const id = `s${gradients++}`
  const stops = colours.map(
    (colour, i) => `<stop offset="${i / (colours.length - 1)}" stop-color="${colour}"/>`,
  )
  return (
    `<linearGradient id="${id}" x1="0" y1="0" x2="0" y2="1">${stops.join('')}</linearGradient>` +
    `<rect width="${width}" height="${height * to}" fill="url(#${id})"/>`
  )
}

/** A disc that fades from its centre: a glow, a soft shadow, a ball. */
export function glow(x: number, y: number, radius: number, inner: string, outer: string, focus = 0): string {
  const id = `g${gradients++}`
  return (
    `<radialGradient id="${id}" cx="${0.5 - focus}" cy="${0.5 - focus}" r="0.6"><stop offset="0" stop-color="${inner}"/>` +
    `<stop offset="1" stop-color="${outer}"/></radialGradient>` +
    `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="${radius.toFixed(1)}" fill="url(#${id})"/>`
  )
}

export const disc = (x: number, y: number, radius: number, fill: string): string =>
  `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="${radius.toFixed(1)}" fill="${fill}"/>`

export const box = (x: number, y: number, width: number, height: number, fill: string, round = 0): string =>
  `<rect x="${x.toFixed(1)}" y="${y.toFixed(1)}" width="${width.toFixed(1)}" height="${height.toFixed(1)}" rx="${round.toFixed(1)}" fill="${fill}"/>`

export const path = (d: string, fill: string, more = ''): string => `<path d="${d}" fill="${fill}" ${more}/>`

export const turned = (svg: string, x: number, y: number, degrees: number, scale = 1): string =>
  `<g transform="translate(${x.toFixed(1)} ${y.toFixed(1)}) rotate(${degrees.toFixed(1)}) scale(${scale.toFixed(3)})">${svg}</g>`

/**
 * A ridge from edge to edge, filled to the bottom: midpoint displacement, the rougher the more jagged.
 * @param base height of the ridge, from the top, in pixels
 */
export function ridge(scene: Scene, base: number, swing: number, roughness: number, fill: string): string {
  const { width, height, random } = scene
  let points = [random.gauss() * swing * 0.4, random.gauss() * swing * 0.4]
  for (let level = 0, reach = swing; level < 7; level++, reach *= roughness)
    points = points.flatMap((y, i) => {
      const next = points[i + 1]
      return next === undefined ? [y] : [y, (y + next) / 2 + random.gauss() * reach * 0.5]
    })
  const step = width / (points.length - 1)
  const line = points.map((y, i) => `L${(i * step).toFixed(1)} ${(base + y).toFixed(1)}`).join('')
  return path(`M0 ${height}${line}L${width} ${height}Z`, fill)
}

export function times(count: number, draw: (index: number) => string): string {
  return Array.from({ length: count }, (_, i) => draw(i)).join('')
}

/** Everything inside is drawn out of focus. */
export function blurred(svg: string, deviation: number): string {
  const id = `b${gradients++}`
  return `<filter id="${id}" x="-20%" y="-20%" width="140%" height="140%"><feGaussianBlur stdDeviation="${deviation.toFixed(1)}"/></filter><g filter="url(#${id})">${svg}</g>`
}
