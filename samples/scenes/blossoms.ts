import type { Random } from '../../electron/shared/random.ts'
import { lch, mix, type Colour } from '../drawing/colour.ts'
import { cloudy } from '../drawing/noise.ts'
import { dot } from '../drawing/paths.ts'
import { ramp, tint, type Frame, type Picture, type Pixel, type Scene } from '../drawing/scene.ts'
import { n, Sketch } from '../drawing/sketch.ts'

/** One flower that fills the picture, against a background far out of focus. */
export const blossoms: Scene = { name: 'blossoms', months: [3, 9], hours: [8, 18], compose }

interface Flower {
  readonly rings: number
  readonly petals: number
  /** Half the width of a petal in parts of its length. */
  readonly slim: number
  readonly tip: number
  readonly heart: number
}

const flowers: readonly Flower[] = [
  { rings: 2, petals: 8, slim: 0.3, tip: 0.5, heart: 0.2 },
  { rings: 5, petals: 13, slim: 0.2, tip: 0.2, heart: 0.12 },
  { rings: 3, petals: 21, slim: 0.12, tip: 0.5, heart: 0.26 },
  { rings: 1, petals: 5, slim: 0.5, tip: 0.9, heart: 0.16 },
  { rings: 4, petals: 10, slim: 0.3, tip: 0.15, heart: 0.14 },
  { rings: 2, petals: 6, slim: 0.36, tip: 0.3, heart: 0.17 },
]

function compose(random: Random, { width, height }: Frame): Picture {
  const flower = random.pick(flowers)
  const hue = random.pick([350, 5, 20, 40, 75, 95, 310, 295, 330, 350])
  const petal = random.chance(0.2)
    ? lch(0.95, 0.025, hue)
    : lch(random.between(0.6, 0.8), random.between(0.12, 0.2), hue)
  const inner = mix(petal, lch(0.55, 0.2, hue + random.pick([-35, 30, 60])), random.between(0.3, 0.9))
  const isDark = random.chance(0.4)
  const green = random.between(120, 160)
  const back = isDark
    ? [lch(0.2, 0.04, green), lch(0.34, 0.07, green), lch(0.16, 0.03, green + 40)]
    : [lch(0.72, 0.1, green), lch(0.85, 0.07, green - 25), lch(0.55, 0.1, green)]
  const [driftX, driftY, fleck] = [
    random.next(),
    random.next(),
    lch(isDark ? 0.42 : 0.86, 0.09, random.pick([hue, 100, 80])),
  ]
  const paint = (x: number, y: number, pixel: Pixel): void => {
    ramp(pixel, back, cloudy(driftX + x / 4200, driftY + y / 4200))
    tint(pixel, fleck, 0.6 * Math.max(0, cloudy(driftY + x / 3200, driftX + y / 3200) - 0.45))
  }

  const [x, y] = [width * random.between(0.38, 0.62), height * random.between(0.4, 0.58)]
  const radius = Math.min(width, height) * random.between(0.36, 0.58)
  const soft = new Sketch()
  for (let i = 0; i < random.int(6, 16); i++) {
    const size = random.between(18, 60)
    soft.circle(width * random.next(), height * random.next(), size, {
      fill: mix(back[1]!, fleck, random.next()),
      opacity: random.between(0.15, 0.5),
    })
  }
  const buds = new Sketch()
  const spare = buds.define(() => bloom(buds, random, { flower, petal, inner, radius: 100 }))
  for (let i = random.int(0, 3); i > 0; i--) {
    buds.stamp(
      spare,
      `translate(${n(width * random.next())} ${n(height * random.next())}) scale(${n(random.between(0.8, 1.8))} ${n(random.between(0.6, 1.4))})`,
      0.9,
    )
  }
  const stem = new Sketch()
  const stalk = lch(isDark ? 0.4 : 0.5, 0.1, green)
  stem.path(
    `M${n(x)} ${n(y)}Q${n(x + random.between(-40, 40))} ${n((y + height) / 2)} ${n(x + random.between(-120, 120))} ${n(height + 60)}`,
    { stroke: { ink: stalk, width: radius * 0.07 } },
  )
  const sharpest = new Sketch()
  const squash = random.between(0.72, 1)
  sharpest.group(
    {
      transform: `translate(${n(x)} ${n(y)}) rotate(${n(random.between(-30, 30))}) scale(1 ${n(squash * 10) / 10})`,
    },
    () => bloom(sharpest, random, { flower, petal, inner, radius }),
  )
  return {
    ground: { paint, detail: 0.12 },
    layers: [
      { sketch: soft, blur: 7 },
      { sketch: buds, blur: 16 },
      { sketch: stem, blur: 5 },
      { sketch: sharpest },
    ],
    look: { glow: 0.14, vignette: 0.35 },
  }
}

interface Bloom {
  readonly flower: Flower
  readonly petal: Colour
  readonly inner: Colour
  readonly radius: number
}

function bloom(sketch: Sketch, random: Random, { flower, petal, inner, radius }: Bloom): void {
  const shade = mix(petal, inner, 0.5)
  const deep: Colour = [shade[0] * 0.6, shade[1] * 0.5, shade[2] * 0.62]
  for (let ring = 0; ring < flower.rings; ring++) {
    const t = flower.rings === 1 ? 0 : ring / (flower.rings - 1)
    const long = radius * (1 - t * 0.56)
    const count = Math.max(5, Math.round(flower.petals * (1 - t * 0.25)))
    const body = mix(petal, inner, t * 0.45)
    const stamps = [0, 1, 2].map(kind =>
      sketch.define(() => {
        const tone = mix(body, kind === 0 ? deep : [255, 255, 255], kind * 0.05 + 0.02)
        const fill = sketch.linear(0, 0, 0, -long, [
          [0, deep],
          [0.28, inner],
          [0.62, tone],
          [1, mix(tone, [255, 255, 255], 0.35)],
        ])
        const half = long * flower.slim * random.between(0.9, 1.1)
        const shoulder = -long * (0.62 + flower.tip * 0.35)
        const notch = flower.tip > 0.7 ? long * 0.06 : 0
        const outline = `M0 0C${n(-half * 0.7)} ${n(-long * 0.2)} ${n(-half * 1.35)} ${n(shoulder)} 0 ${n(-long + notch)}C${n(half * 1.35)} ${n(shoulder)} ${n(half * 0.7)} ${n(-long * 0.2)} 0 0Z`
        sketch.path(outline, {
          fill: deep,
          opacity: 0.22,
          transform: `translate(${n(long * 0.025)} ${n(long * 0.03)}) scale(1.03)`,
        })
        sketch.path(outline, { fill })
        let veins = ''
        for (let i = -3; i <= 3; i++)
          veins += `M0 ${n(-long * 0.12)}Q${n((i * half) / 3.6)} ${n(-long * 0.5)} ${n((i * half) / 7)} ${n(-long * (0.9 - Math.abs(i) * 0.035))}`
        sketch.path(veins, { stroke: { ink: inner, width: Math.max(0.6, radius * 0.004) }, opacity: 0.4 })
        sketch.path(
          `M0 0C${n(-half * 0.7)} ${n(-long * 0.2)} ${n(-half * 1.35)} ${n(shoulder)} 0 ${n(-long + notch)}C${n(-half * 0.7)} ${n(shoulder)} ${n(-half * 0.3)} ${n(-long * 0.3)} 0 0Z`,
          { fill: [255, 255, 255], opacity: 0.13 },
        )
      }),
    )
    for (let i = 0; i < count; i++) {
      const angle = (360 / count) * (i + ring * 0.5) + random.between(-4, 4)
      sketch.stamp(random.pick(stamps), `rotate(${n(angle)}) scale(${n(random.between(9.3, 10.3)) / 10})`)
    }
  }
  heart(sketch, random, radius * flower.heart)
}

function heart(sketch: Sketch, random: Random, radius: number): void {
  const colour = random.pick([
    lch(0.82, 0.16, 88),
    lch(0.6, 0.13, 70),
    lch(0.4, 0.08, 40),
    lch(0.78, 0.15, 110),
  ])
  sketch.circle(0, 0, radius, {
    fill: sketch.radial(-radius * 0.2, -radius * 0.25, radius * 1.15, [
      [0, mix(colour, [255, 255, 220], 0.3)],
      [0.7, colour],
      [1, mix(colour, [40, 10, 0], 0.55)],
    ]),
  })
  const paths = ['', '']
  for (let i = 0; i < 130; i++) {
    const reach = radius * 1.08 * Math.sqrt(i / 130)
    paths[i % 2]! += dot(
      Math.cos(i * 2.39996) * reach,
      Math.sin(i * 2.39996) * reach,
      radius * (0.035 + 0.03 * (i / 130)),
    )
  }
  sketch.path(paths[0]!, { fill: mix(colour, [255, 250, 200], 0.55) })
  sketch.path(paths[1]!, { fill: mix(colour, [60, 20, 0], 0.4) })
}
