import type { Random } from '../../electron/shared/random.ts'
import { lch, mix, type Colour } from '../drawing/colour.ts'
import { cloudy } from '../drawing/noise.ts'
import { dot } from '../drawing/paths.ts'
import { ramp, shine, type Frame, type Picture, type Pixel, type Scene } from '../drawing/scene.ts'
import { n, Sketch } from '../drawing/sketch.ts'

/** Candles on a birthday cake, lights out of focus behind. */
export const candles: Scene = { name: 'candles', months: [1, 12], hours: [17, 21], compose }

function compose(random: Random, { width, height }: Frame): Picture {
  const hue = random.pick([30, 340, 290, 260, 20, 200])
  const room = [lch(0.16, 0.04, hue), lch(0.3, 0.07, hue + 15), lch(0.2, 0.05, 40)]
  const [driftX, driftY] = [random.next(), random.next()]
  const flame = lch(0.92, 0.13, 82)
  const top = height * random.between(0.58, 0.76)
  const middle = width * random.between(0.42, 0.58)
  const half = Math.min(width * 0.62, random.between(260, 480))
  const warmth = lch(0.75, 0.15, 60)
  const paint = (x: number, y: number, pixel: Pixel): void => {
    ramp(pixel, room, y / height + 0.5 * (cloudy(driftX + x / 3000, driftY + y / 3000) - 0.5))
    shine(pixel, warmth, 0.4 * Math.exp(-Math.hypot((x - middle) * 0.6, y - top + 110) / 190))
  }
  const lights = new Sketch()
  const party = random.pick([
    [60, 70, 80],
    [20, 60, 350],
    [200, 260, 320],
    [60, 150, 350],
  ])
  const count = random.int(12, 46)
  for (let i = 0; i < count; i++) {
    const size = random.between(10, 52)
    const tone = lch(random.between(0.65, 0.85), 0.14, random.pick(party))
    lights.circle(width * random.next(), top * random.between(0, 1.05), size, {
      fill: tone,
      opacity: random.between(0.1, 0.5),
    })
  }
  const cake = new Sketch()
  const icing = lch(
    random.between(0.78, 0.93),
    random.between(0.02, 0.09),
    random.pick([350, 60, 85, 200, 160, 20]),
  )
  const isChocolate = random.chance(0.3)
  drawCake(cake, random, { middle, half, top, height, icing: isChocolate ? lch(0.36, 0.06, 45) : icing })
  const glow = new Sketch()
  const number = random.pick([1, 3, 4, 5, 6, 7, 8, 10, 12])
  const tall = random.between(110, 200) * (number > 6 ? 0.85 : 1)
  const wide = Math.min(28, random.between(12, 20) * (number < 4 ? 1.4 : 1))
  const palette = [random.int(0, 359), random.int(0, 359)]
  const spread = half * random.between(0.62, 0.8)
  for (let i = 0; i < number; i++) {
    const t = number === 1 ? 0 : (i / (number - 1)) * 2 - 1
    const isBack = number > 4 && i % 2 === 1
    const x = middle + t * spread
    const foot = top + half * 0.09 * (isBack ? -0.65 : 0.7) * Math.sqrt(Math.max(0, 1 - t * t * 0.8))
    candle(cake, glow, random, {
      x,
      foot,
      tall: tall * random.between(0.9, 1.08),
      wide,
      hue: palette[i % 2]!,
      flame,
    })
  }
  return {
    ground: { paint, detail: 0.12 },
    layers: [{ sketch: lights, blur: 4 }, { sketch: cake }, { sketch: glow, blur: 3, blend: 'screen' }],
    look: { glow: 0.4, vignette: 0.4 },
  }
}

interface Cake {
  readonly middle: number
  readonly half: number
  readonly top: number
  readonly height: number
  readonly icing: Colour
}

function drawCake(sketch: Sketch, random: Random, { middle, half, top, height, icing }: Cake): void {
  const flat = half * 0.16
  const warm = mix(icing, lch(0.85, 0.13, 75), 0.25)
  const dim = mix(icing, lch(0.2, 0.06, 20), 0.62)
  const side = mix(
    random.chance(0.5) ? icing : lch(random.between(0.55, 0.8), 0.09, random.int(0, 359)),
    [40, 15, 10],
    0.25,
  )
  const shadeOf = (colour: Colour): string =>
    sketch.linear(middle - half, 0, middle + half, 0, [
      [0, mix(colour, [20, 5, 10], 0.65)],
      [0.5, colour],
      [1, mix(colour, [20, 5, 10], 0.65)],
    ])
  sketch.path(`M${n(middle - half)} ${n(top)}V${n(height + 20)}H${n(middle + half)}V${n(top)}Z`, {
    fill: shadeOf(side),
  })
  if (random.chance(0.5)) {
    sketch.path(
      `M${n(middle - half)} ${n(top + 120)}Q${n(middle)} ${n(top + 120 + flat)} ${n(middle + half)} ${n(top + 120)}v22Q${n(middle)} ${n(top + 142 + flat)} ${n(middle - half)} ${n(top + 142)}Z`,
      { fill: shadeOf(mix(icing, [255, 255, 255], 0.3)) },
    )
  }
  let drip = `M${n(middle - half)} ${n(top)}`
  const count = random.int(7, 13)
  for (let i = 0; i < count; i++) {
    const [from, to] = [middle - half + (2 * half * i) / count, middle - half + (2 * half * (i + 1)) / count]
    const low =
      top +
      flat * Math.sqrt(Math.max(0, 1 - (((from + to) / 2 - middle) / half) ** 2)) +
      random.between(18, 70)
    drip += `C${n(from)} ${n(low + 14)} ${n(to)} ${n(low + 14)} ${n(to)} ${n(top + 14)}`
  }
  sketch.path(drip + 'Z', { fill: shadeOf(icing) })
  sketch.ellipse(middle, top, half, flat, {
    fill: sketch.radial(middle, top, half, [
      [0, warm],
      [0.6, icing],
      [1, dim],
    ]),
  })
  const sprinkles = Array.from({ length: 5 }, () => '')
  for (let i = 0; i < 90; i++) {
    const [angle, reach] = [random.between(0, 6.28), Math.sqrt(random.next()) * 0.95]
    sprinkles[i % 5]! += dot(
      middle + Math.cos(angle) * reach * half,
      top + Math.sin(angle) * reach * flat,
      random.between(2, 4),
      random.between(1.4, 2.4),
    )
  }
  const base = random.int(0, 359)
  sprinkles.forEach((d, i) => sketch.path(d, { fill: lch(0.74, 0.16, base + i * 72) }))
  if (!random.chance(0.55)) return
  for (let i = 0, pearls = random.int(12, 20); i <= pearls; i++) {
    const angle = Math.PI * (i / pearls)
    const [x, y] = [middle + Math.cos(angle) * half * 0.97, top + Math.sin(angle) * flat * 0.97]
    sketch.circle(x, y - 6, half * 0.052, {
      fill: sketch.radial(x - 4, y - 12, half * 0.065, [
        [0, mix(icing, [255, 250, 230], 0.7)],
        [1, mix(icing, [60, 20, 30], 0.4)],
      ]),
    })
  }
}

interface Candle {
  readonly x: number
  readonly foot: number
  readonly tall: number
  readonly wide: number
  readonly hue: number
  readonly flame: Colour
}

function candle(
  sketch: Sketch,
  glow: Sketch,
  random: Random,
  { x, foot, tall, wide, hue, flame }: Candle,
): void {
  const wax = lch(0.72, 0.13, hue)
  const [left, top] = [x - wide / 2, foot - tall]
  const outline = `M${n(left)} ${n(foot)}V${n(top)}H${n(left + wide)}V${n(foot)}Q${n(x)} ${n(foot + 6)} ${n(left)} ${n(foot)}Z`
  sketch.path(outline, { fill: wax })
  let stripes = ''
  for (let y = top - wide; y < foot; y += wide * 1.5)
    stripes += `M${n(left)} ${n(y + wide)}L${n(left + wide)} ${n(y)}v${n(wide * 0.6)}L${n(left)} ${n(y + wide * 1.6)}Z`
  sketch.clipped(outline, () => sketch.path(stripes, { fill: [255, 250, 245], opacity: 0.9 }))
  sketch.path(outline, {
    fill: sketch.linear(left, 0, left + wide, 0, [
      [0, [40, 5, 20], 0.45],
      [0.4, [255, 255, 255], 0.12],
      [1, [40, 5, 20], 0.5],
    ]),
  })
  sketch.path(outline, {
    fill: sketch.linear(0, top, 0, top + tall * 0.4, [
      [0, flame, 0.75],
      [1, flame, 0],
    ]),
  })
  sketch.path(`M${n(x)} ${n(top)}l1 -12`, { stroke: { ink: [40, 25, 20], width: 2.4 } })
  const [high, lean, half] = [random.between(44, 62), random.between(-5, 5), random.between(9, 13)]
  const base = top - 5
  const tongue = (k: number): string =>
    `M${n(x)} ${n(base)}C${n(x - half * 1.5 * k)} ${n(base - high * 0.15 * k)} ${n(x - half * 0.7 * k)} ${n(base - high * 0.6 * k)} ${n(x + lean * k)} ${n(base - high * k)}C${n(x + half * 0.7 * k)} ${n(base - high * 0.6 * k)} ${n(x + half * 1.5 * k)} ${n(base - high * 0.15 * k)} ${n(x)} ${n(base)}Z`
  glow.circle(x, base - 24, 105, {
    fill: glow.radial(x, base - 24, 105, [
      [0, flame, 0.75],
      [0.25, lch(0.72, 0.16, 60), 0.35],
      [1, lch(0.6, 0.17, 45), 0],
    ]),
  })
  sketch.path(tongue(1), {
    fill: sketch.linear(0, base, 0, base - high, [
      [0, lch(0.55, 0.13, 255)],
      [0.18, lch(0.75, 0.17, 60)],
      [0.6, flame],
      [1, lch(0.78, 0.17, 60)],
    ]),
  })
  sketch.path(tongue(0.6), { fill: [255, 252, 232] })
}
