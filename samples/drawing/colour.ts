/** sRGB, 0 to 255 each; fractions are kept until the picture is finished. */
export type Colour = readonly [red: number, green: number, blue: number]

/**
 * A colour by lightness (0–1), chroma (0 to about 0.3) and hue in degrees, in OKLCH: palettes that differ in hue only
 * look equally bright, which HSL does not give. What the screen cannot show is clipped.
 */
export function lch(lightness: number, chroma: number, hue: number): Colour {
  const a = chroma * Math.cos((hue * Math.PI) / 180)
  const b = chroma * Math.sin((hue * Math.PI) / 180)
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
  return [
    encoded(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    encoded(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    encoded(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ]
}

/** The colour a share `t` of the way from one to another. */
export const mix = (from: Colour, to: Colour, t: number): Colour => [
  from[0] + (to[0] - from[0]) * t,
  from[1] + (to[1] - from[1]) * t,
  from[2] + (to[2] - from[2]) * t,
]

/** As SVG writes it. */
export const css = (colour: Colour): string =>
  '#' + colour.map(value => Math.round(value).toString(16).padStart(2, '0')).join('')

function encoded(linear: number): number {
  const value = Math.min(1, Math.max(0, linear))
  return 255 * (value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055)
}
