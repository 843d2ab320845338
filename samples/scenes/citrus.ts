import type { Random } from '../../electron/shared/random.ts'
import { lch, mix, type Colour } from '../drawing/colour.ts'
import { cloudy, smoothstep } from '../drawing/noise.ts'
import { dot } from '../drawing/paths.ts'
import { scale, set, tint, type Frame, type Picture, type Pixel, type Scene } from '../drawing/scene.ts'
import { n, Sketch } from '../drawing/sketch.ts'

/** Sliced oranges, lemons, limes and grapefruits on a table, from above. */
export const citrus: Scene = { name: 'citrus', months: [1, 12], hours: [9, 16], compose }

interface Fruit {
  readonly rind: Colour
  readonly flesh: Colour
  readonly size: number
}

const fruits: readonly Fruit[] = [
  { rind: lch(0.74, 0.18, 58), flesh: lch(0.78, 0.17, 66), size: 1 },
  { rind: lch(0.88, 0.18, 98), flesh: lch(0.92, 0.13, 100), size: 0.86 },
  { rind: lch(0.62, 0.17, 132), flesh: lch(0.84, 0.13, 122), size: 0.74 },
  { rind: lch(0.8, 0.15, 70), flesh: lch(0.66, 0.18, 22), size: 1.18 },
  { rind: lch(0.68, 0.19, 45), flesh: lch(0.48, 0.18, 20), size: 0.95 },
]

function compose(random: Random, { width, height }: Frame): Picture {
  const table = random.pick<Colour>([
    lch(0.95, 0.015, 90),
    lch(0.86, 0.06, 200),
    lch(0.88, 0.06, 350),
    lch(0.35, 0.03, 250),
    lch(0.7, 0.07, 65),
    lch(0.8, 0.08, 170),
    lch(0.9, 0.08, 95),
  ])
  const [driftX, driftY, weave] = [random.next(), random.next(), random.between(0.02, 0.16)]
  const isMarble = random.chance(0.3)
  const grey = lch(0.6, 0.02, 260)
  const paint = (x: number, y: number, pixel: Pixel): void => {
    set(pixel, table)
    scale(
      pixel,
      1.06 -
        0.16 * ((x / width + y / height) / 2) +
        (cloudy(driftX + x / 2600, driftY + y / 260) - 0.5) * weave,
    )
    if (!isMarble) return
    const vein = Math.abs(cloudy(driftX + x / 1500 + 0.15 * cloudy(driftY, y / 900), driftY + y / 1500) - 0.5)
    tint(pixel, grey, 0.35 * (1 - smoothstep(0, 0.035, vein)))
  }
  const main = random.pick(fruits)
  const guests = random.chance(0.55) ? fruits : [main]
  const shadows = new Sketch()
  const things = new Sketch()
  // defined when first placed: fruits that are not in the picture would cost as much as those that are
  const stamps = new Map<string, string>()
  const stampOf = (fruit: Fruit, shape: number): string => {
    const key = `${fruits.indexOf(fruit)}/${shape}`
    const known = stamps.get(key)
    if (known !== undefined) return known
    const made = things.define(() => (shape === 0 ? wholeFruit : slice)(things, random, fruit))
    stamps.set(key, made)
    return made
  }
  const size = Math.min(width, height) * random.pick([0.11, 0.14, 0.18, 0.25, 0.36])
  const isGrid = size < 200 && random.chance(0.25)
  const spots: { x: number; y: number; reach: number }[] = []
  const placeOne = (x: number, y: number): void => {
    const fruit = random.chance(0.6) ? main : random.pick(guests)
    const reach = size * fruit.size * (isGrid ? 1 : random.between(0.85, 1.12))
    if (!isGrid && spots.some(spot => Math.hypot(spot.x - x, spot.y - y) < (spot.reach + reach) * 0.96))
      return
    spots.push({ x, y, reach })
    const isWhole = !isGrid && random.chance(0.2)
    const lift = reach * (isWhole ? 0.22 : 0.07)
    shadows.circle(x + lift, y + lift * 1.3, reach * 1.01, { fill: [25, 15, 20], opacity: 0.42 })
    if (random.chance(0.14)) leaf(things, random, x, y, reach)
    const stamp = stampOf(fruit, isWhole ? 0 : random.int(1, 2))
    things.stamp(
      stamp,
      `translate(${n(x)} ${n(y)}) scale(${Math.round(reach * 10) / 1000}) rotate(${isWhole ? 0 : random.int(0, 359)})`,
    )
  }
  if (isGrid) {
    const pitch = size * 2.3
    for (let y = random.between(0, pitch), row = 0; y < height + size; y += pitch * 0.9, row++)
      for (let x = (row % 2) * pitch * 0.5; x < width + size; x += pitch) placeOne(x, y)
  } else {
    const tries = random.pick([6, 14, 60, 120])
    for (let i = 0; i < tries; i++)
      placeOne(width * random.between(-0.03, 1.03), height * random.between(-0.03, 1.03))
  }
  const light = new Sketch()
  if (random.chance(0.35)) {
    for (let i = 0; i < 4; i++)
      light.path(`M${n(width * (0.1 + i * 0.26))} -20l90 0l-260 ${n(height + 60)}l-90 0Z`, {
        fill: [255, 240, 210],
        opacity: 0.13,
      })
  }
  return {
    ground: { paint, detail: 0.35 },
    layers: [
      { sketch: shadows, blur: size * 0.05 },
      { sketch: things },
      { sketch: light, blur: 5, blend: 'screen' },
    ],
    look: { glow: 0.08, vignette: 0.18 },
  }
}

/** A slice of radius 100. */
function slice(sketch: Sketch, random: Random, { rind, flesh }: Fruit): void {
  const pith = mix([255, 252, 240], flesh, 0.13)
  sketch.circle(0, 0, 100, {
    fill: sketch.radial(0, 0, 100, [
      [0.92, mix(rind, [255, 255, 255], 0.2)],
      [0.96, rind],
      [1, mix(rind, [90, 40, 0], 0.25)],
    ]),
  })
  sketch.circle(0, 0, 93, { fill: pith })
  const count = random.int(8, 11)
  const fill = sketch.radial(0, 0, 88, [
    [0, mix(flesh, [255, 255, 255], 0.35)],
    [0.5, flesh],
    [1, mix(flesh, rind, 0.45)],
  ])
  const half = Math.PI / count - 0.045
  let wedges = ''
  let pulp = ''
  const point = (angle: number, reach: number): string =>
    `${n(Math.cos(angle) * reach)} ${n(Math.sin(angle) * reach)}`
  for (let i = 0; i < count; i++) {
    const middle = (i / count) * 2 * Math.PI + random.between(-0.04, 0.04)
    wedges += `M${point(middle, 11)}L${point(middle - half, 76)}Q${point(middle - half, 87)} ${point(middle - half * 0.65, 86)}Q${point(middle, 90)} ${point(middle + half * 0.65, 86)}Q${point(middle + half, 87)} ${point(middle + half, 76)}Z`
    for (let k = 0; k < 8; k++) {
      const angle = middle + random.between(-0.72, 0.72) * half
      const start = random.between(26, 58)
      pulp += `M${point(angle, start)}L${point(angle + 0.015, start + random.between(10, 24))}`
    }
  }
  sketch.path(wedges, { fill })
  sketch.path(pulp, { stroke: { ink: mix(flesh, [255, 255, 255], 0.7), width: 2.6 }, opacity: 0.5 })
  sketch.circle(0, 0, 7, { fill: pith })
}

function wholeFruit(sketch: Sketch, random: Random, { rind }: Fruit): void {
  const pale = mix(rind, [255, 255, 255], 0.55)
  sketch.circle(0, 0, 100, {
    fill: sketch.radial(-30, -34, 150, [
      [0, pale],
      [0.3, rind],
      [0.75, mix(rind, [110, 40, 0], 0.3)],
      [1, mix(rind, [60, 15, 0], 0.55)],
    ]),
  })
  const pores = Array.from({ length: 70 }, () => {
    const [angle, reach] = [random.between(0, 6.28), 92 * Math.sqrt(random.next())]
    return dot(Math.cos(angle) * reach, Math.sin(angle) * reach, 1.6)
  })
  sketch.path(pores.join(''), { fill: mix(rind, [80, 30, 0], 0.5), opacity: 0.3 })
  sketch.path('M0 -8L6 -3L12 0L5 4L3 11L-3 5L-11 3L-5 -3Z', { fill: lch(0.42, 0.1, 130) })
}

function leaf(sketch: Sketch, random: Random, x: number, y: number, reach: number): void {
  const tone = lch(random.between(0.42, 0.55), 0.12, 138)
  sketch.group(
    {
      transform: `translate(${n(x)} ${n(y)}) rotate(${random.int(0, 359)}) scale(${Math.round(reach * 10) / 1000})`,
    },
    () => {
      sketch.path('M70 0Q120 -62 210 0Q120 62 70 0Z', {
        fill: sketch.linear(0, -40, 0, 40, [
          [0, mix(tone, [255, 255, 220], 0.3)],
          [0.5, tone],
          [0.51, mix(tone, [0, 20, 0], 0.3)],
          [1, tone],
        ]),
      })
      sketch.path('M75 0L205 0', { stroke: { ink: mix(tone, [240, 255, 200], 0.5), width: 2.4 } })
    },
  )
}
