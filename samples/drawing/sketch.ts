import { css, type Colour } from './colour.ts'

/** A colour, or what {@link Sketch.linear} and {@link Sketch.radial} returned. */
export type Ink = Colour | string

export type Stop = readonly [offset: number, colour: Colour, opacity?: number]

export interface Stroke {
  readonly ink: Ink
  readonly width: number
}

export interface Style {
  readonly fill?: Ink
  readonly stroke?: Stroke
  readonly opacity?: number
  readonly transform?: string
}

/** Collects the shapes of one SVG layer. */
export class Sketch {
  readonly #definitions: string[] = []
  readonly #shapes: string[] = []
  #ids = 0

  linear(x1: number, y1: number, x2: number, y2: number, stops: readonly Stop[]): string {
    return this.#gradient('linearGradient', `x1="${n(x1)}" y1="${n(y1)}" x2="${n(x2)}" y2="${n(y2)}"`, stops)
  }

  radial(cx: number, cy: number, radius: number, stops: readonly Stop[]): string {
    return this.#gradient('radialGradient', `cx="${n(cx)}" cy="${n(cy)}" r="${n(radius)}"`, stops)
  }

  path(d: string, style: Style): void {
    this.#shapes.push(`<path d="${d}"${attributes(style)}/>`)
  }

  circle(x: number, y: number, radius: number, style: Style): void {
    this.#shapes.push(`<circle cx="${n(x)}" cy="${n(y)}" r="${n(radius)}"${attributes(style)}/>`)
  }

  ellipse(x: number, y: number, rx: number, ry: number, style: Style): void {
    this.#shapes.push(`<ellipse cx="${n(x)}" cy="${n(y)}" rx="${n(rx)}" ry="${n(ry)}"${attributes(style)}/>`)
  }

  rect(x: number, y: number, width: number, height: number, style: Style & { round?: number }): void {
    const round = style.round === undefined ? '' : ` rx="${n(style.round)}"`
    this.#shapes.push(
      `<rect x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}"${round}${attributes(style)}/>`,
    )
  }

  /** Draws the shapes that `draw` adds moved, turned or faded as a whole. */
  group(style: Style, draw: () => void): void {
    this.#shapes.push(`<g${attributes(style)}>`)
    draw()
    this.#shapes.push('</g>')
  }

  /** Like {@link group}, shown only inside an outline. */
  clipped(outline: string, draw: () => void): void {
    const id = this.#nextId()
    this.#definitions.push(`<clipPath id="${id}"><path d="${outline}"/></clipPath>`)
    this.#shapes.push(`<g clip-path="url(#${id})">`)
    draw()
    this.#shapes.push('</g>')
  }

  /** Keeps what `draw` adds as a stamp for {@link stamp}: a shape that comes back often is then parsed once. */
  define(draw: () => void): string {
    const id = this.#nextId()
    const start = this.#shapes.length
    draw()
    this.#definitions.push(`<g id="${id}">${this.#shapes.splice(start).join('')}</g>`)
    return id
  }

  stamp(id: string, transform: string, opacity = 1): void {
    this.#shapes.push(`<use href="#${id}"${attributes({ transform, opacity })}/>`)
  }

  get isEmpty(): boolean {
    return this.#shapes.length === 0
  }

  /** The document that shows the window `view` of the drawing at a size in pixels. */
  toSvg(view: View, width: number, height: number): string {
    const box = `${fine(view.x)} ${fine(view.y)} ${fine(view.width)} ${fine(view.height)}`
    return (
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="${box}"` +
      ` preserveAspectRatio="none"><defs>${this.#definitions.join('')}</defs>${this.#shapes.join('')}</svg>`
    )
  }

  #gradient(name: string, geometry: string, stops: readonly Stop[]): string {
    const id = this.#nextId()
    const inner = stops.map(([offset, colour, opacity = 1]) => {
      const alpha = opacity === 1 ? '' : ` stop-opacity="${fine(opacity)}"`
      return `<stop offset="${fine(offset)}" stop-color="${css(colour)}"${alpha}/>`
    })
    this.#definitions.push(
      `<${name} id="${id}" gradientUnits="userSpaceOnUse" ${geometry}>${inner.join('')}</${name}>`,
    )
    return `url(#${id})`
  }

  #nextId(): string {
    return `d${this.#ids++}`
  }
}

/** The part of a drawing that a picture shows. */
export interface View {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** A coordinate as short as it can be without being seen: drawings are a thousand units wide. */
export const n = (value: number): number => Math.round(value * 10) / 10

const fine = (value: number): number => Math.round(value * 1000) / 1000

const inkOf = (ink: Ink): string => (typeof ink === 'string' ? ink : css(ink))

function attributes({ fill, stroke, opacity, transform }: Style): string {
  let text = ''
  if (fill !== undefined) text += ` fill="${inkOf(fill)}"`
  else if (stroke) text += ' fill="none"'
  if (stroke)
    text += ` stroke="${inkOf(stroke.ink)}" stroke-width="${fine(stroke.width)}" stroke-linecap="round"`
  if (opacity !== undefined && opacity < 1) text += ` opacity="${fine(opacity)}"`
  if (transform !== undefined) text += ` transform="${transform}"`
  return text
}
