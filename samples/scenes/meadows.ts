import type { Random } from '../../electron/shared/random.ts'
import { lch, mix, type Colour } from '../drawing/colour.ts'
import { cloudy, smoothstep } from '../drawing/noise.ts'
import { dot, smooth, type Point } from '../drawing/paths.ts'
import { ramp, shine, tint, type Frame, type Picture, type Pixel, type Scene } from '../drawing/scene.ts'
import { n, Sketch } from '../drawing/sketch.ts'

/** Wild flowers from low down in the grass: a few in focus, the rest soft behind and before them. */
export const meadows: Scene = { name: 'meadows', months: [5, 8], hours: [8, 19], compose }

type Bloom = (sketch: Sketch, random: Random) => void

function compose(random: Random, { width, height }: Frame): Picture {
  const isGolden = random.chance(0.4)
  const green = isGolden ? random.between(100, 118) : random.between(120, 145)
  const line = height * random.between(0.12, 0.42)
  const sky = isGolden
    ? [lch(0.82, 0.08, 70), lch(0.92, 0.09, 90)]
    : [lch(0.75, 0.08, 235), lch(0.92, 0.03, 220)]
  const grass = [lch(0.78, 0.1, green - 12), lch(0.62, 0.14, green), lch(0.42, 0.11, green + 6)]
  const [driftX, driftY, sunX] = [random.next(), random.next(), width * random.next()]
  const woods = lch(isGolden ? 0.6 : 0.52, 0.08, green + 8)
  const light = lch(0.9, 0.1, 90)
  const paint = (x: number, y: number, pixel: Pixel): void => {
    const tree = line - 20 - 70 * cloudy(driftX + x / 900, driftY)
    if (y < line) ramp(pixel, sky, y / line)
    else ramp(pixel, grass, (y - line) / (height - line))
    if (y < line + 30)
      tint(pixel, woods, smoothstep(tree - 14, tree + 14, y) * (1 - smoothstep(line - 12, line + 30, y)))
    if (y > line) tint(pixel, grass[0]!, 0.5 * (cloudy(driftX + x / 500, driftY + y / 200) - 0.3))
    shine(pixel, light, (isGolden ? 0.5 : 0.12) * Math.exp(-Math.hypot(x - sunX, y * 1.3) / 330))
  }
  const main = random.pick(blooms)
  const others = [random.pick(blooms), random.pick(blooms)]
  const size = random.between(0.6, 1.45)
  const kindOf = (): Bloom => (random.chance(0.78) ? main : random.pick(others))
  const field = (count: number, from: number, to: number, big: number): Sketch => {
    const sketch = new Sketch()
    const stamps = Array.from({ length: 5 }, () => sketch.define(() => kindOf()(sketch, random)))
    blades(sketch, random, {
      width,
      height,
      from: height * to,
      colour: mix(grass[1]!, grass[2]!, to),
      count: count * 2,
    })
    const spots = Array.from({ length: count }, () => random.between(from, to)).sort((a, b) => a - b)
    for (const spot of spots) {
      const x = width * random.between(-0.03, 1.03)
      const y = height * spot
      const scale = big * (0.35 + spot) * random.between(0.75, 1.25)
      const bend = random.between(-40, 40)
      sketch.path(
        `M${n(x)} ${n(y)}Q${n(x + bend * 0.2)} ${n(y + 90 * big)} ${n(x + bend)} ${n(y + 260 * big)}`,
        {
          stroke: { ink: mix(grass[2]!, grass[1]!, random.next()), width: 2 + 3 * scale },
        },
      )
      sketch.stamp(
        random.pick(stamps),
        `translate(${n(x)} ${n(y)}) rotate(${n(random.between(-22, 22))}) scale(${n(scale * 10) / 10} ${n(scale * random.between(6.5, 10)) / 10})`,
      )
    }
    return sketch
  }
  const far = line / height + 0.03
  return {
    ground: { paint, detail: 0.25 },
    layers: [
      { sketch: field(random.int(30, 60), far, far + 0.22, 0.32 * size), blur: 5 },
      { sketch: field(random.int(10, 22), far + 0.1, far + 0.35, 0.6 * size), blur: 2.2 },
      { sketch: field(random.int(4, 11), far + 0.12, 0.85, size) },
      { sketch: field(random.int(0, 3), 0.85, 1, 2 * size), blur: 11 },
    ],
    look: { glow: 0.16 },
  }
}

function blades(
  sketch: Sketch,
  random: Random,
  { width, height, from, colour, count }: Frame & { from: number; colour: Colour; count: number },
): void {
  const tones = [colour, mix(colour, lch(0.75, 0.14, 115), 0.4), mix(colour, lch(0.3, 0.08, 140), 0.4)]
  const paths = tones.map(() => '')
  for (let i = 0; i < count; i++) {
    const x = width * random.between(-0.05, 1.05)
    const tip = from + random.between(-0.22, 0.1) * height
    const [lean, half] = [random.between(-60, 60), random.between(1.5, 4)]
    paths[i % tones.length]! +=
      `M${n(x - half)} ${n(height + 5)}Q${n(x)} ${n((tip + height) / 2)} ${n(x + lean)} ${n(tip)}Q${n(x + half)} ${n((tip + height) / 2)} ${n(x + half)} ${n(height + 5)}Z`
  }
  paths.forEach((d, i) => sketch.path(d, { fill: tones[i]! }))
}

function poppy(hue: number): Bloom {
  return (sketch, random) => {
    const open = random.between(0.75, 1.1)
    for (const [turn, light] of [
      [180, 0.5],
      [70, 0.56],
      [-70, 0.58],
      [0, 0.63],
    ] as const) {
      const fill = sketch.radial(0, 0, 62, [
        [0, lch(light - 0.2, 0.17, hue)],
        [0.35, lch(light, 0.22, hue)],
        [1, lch(light + 0.06, 0.21, hue + 8)],
      ])
      const edge: Point[] = [
        [0, 4],
        [-38, -12],
        [-52 * open, -38],
        [-24, -58],
        [0, random.between(-64, -54)],
        [26, -57],
        [52 * open, -36],
        [38, -10],
      ]
      sketch.path(
        smooth(
          edge.map(([x, y]): Point => [x + random.between(-3, 3), y + random.between(-3, 3)]),
          true,
        ),
        { fill, transform: `rotate(${turn}) scale(1 0.9)` },
      )
    }
    sketch.circle(0, -2, 11, { fill: lch(0.3, 0.06, 130) })
    const stamens = Array.from({ length: 22 }, (_, i) =>
      dot(Math.cos(i * 2.4) * (12 + (i % 4) * 3), Math.sin(i * 2.4) * (12 + (i % 3) * 3) - 2, 2),
    )
    sketch.path(stamens.join(''), { fill: lch(0.2, 0.04, 300) })
  }
}

function rays(petal: Colour, heart: Colour, count: number, slim: number): Bloom {
  return (sketch, random) => {
    const fill = sketch.linear(0, 0, 0, -56, [
      [0, mix(petal, [60, 60, 90], 0.3)],
      [0.4, petal],
      [1, mix(petal, [255, 255, 255], 0.25)],
    ])
    for (let i = 0; i < count; i++) {
      const long = random.between(46, 56)
      sketch.path(
        `M0 0C${-slim} -18 ${-slim} ${n(-long)} 0 ${n(-long)}C${slim} ${n(-long)} ${slim} -18 0 0Z`,
        { fill, transform: `rotate(${n((360 / count) * i + random.between(-5, 5))})` },
      )
    }
    sketch.circle(0, 0, 15, {
      fill: sketch.radial(-4, -5, 20, [
        [0, mix(heart, [255, 255, 255], 0.3)],
        [1, mix(heart, [90, 40, 0], 0.3)],
      ]),
    })
  }
}

function bell(hue: number): Bloom {
  return sketch => {
    for (let i = 0; i < 11; i++) {
      const y = 60 - i * 15
      const reach = 20 - i * 1.5
      for (const side of [-1, 1, 0]) {
        sketch.ellipse(side * reach, y + Math.abs(side) * 6, 11 - i * 0.5, 10 - i * 0.4, {
          fill: lch(0.5 + (side + 1) * 0.06 + i * 0.01, 0.16, hue + side * 8),
        })
      }
    }
  }
}

const blooms: readonly Bloom[] = [
  poppy(28),
  poppy(28),
  poppy(38),
  poppy(15),
  rays(lch(0.97, 0.01, 100), lch(0.83, 0.17, 85), 17, 9),
  rays(lch(0.55, 0.19, 268), lch(0.4, 0.15, 300), 12, 13),
  rays(lch(0.85, 0.17, 90), lch(0.5, 0.11, 60), 14, 12),
  rays(lch(0.72, 0.17, 350), lch(0.83, 0.17, 88), 8, 20),
  bell(295),
  bell(330),
]
