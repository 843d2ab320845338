import type { Random } from '../../electron/shared/random.ts'
import { lch, mix, type Colour } from '../drawing/colour.ts'
import { cloudy, smoothstep } from '../drawing/noise.ts'
import { dot, polygon } from '../drawing/paths.ts'
import { ramp, shine, tint, type Frame, type Picture, type Pixel, type Scene } from '../drawing/scene.ts'
import { n, Sketch } from '../drawing/sketch.ts'

/** Between trunks in October: leaves overhead and on the ground, low light from behind. */
export const autumnWoods: Scene = { name: 'autumn-woods', months: [9, 11], hours: [9, 17], compose }

function compose(random: Random, { width, height }: Frame): Picture {
  const hue = random.pick([65, 75, 50, 85, 40])
  const leaves = [0, 1, 2, 3].map(i =>
    lch(random.between(0.58, 0.8), random.between(0.13, 0.18), hue + (i - 1.8) * 17),
  )
  const light = lch(0.96, 0.07, 90)
  const ground = height * random.between(0.62, 0.78)
  const [sunX, sunY] = [width * random.between(0.25, 0.75), ground * random.between(0.35, 0.85)]
  const [driftX, driftY] = [random.next(), random.next()]
  const floor = [mix(leaves[1]!, light, 0.45), mix(leaves[2]!, lch(0.5, 0.12, 50), 0.4), lch(0.36, 0.09, 45)]
  const sky = [
    mix(leaves[0]!, lch(0.5, 0.1, 60), 0.3),
    mix(leaves[1]!, light, 0.35),
    mix(leaves[2]!, light, 0.6),
  ]
  const trail = random.chance(0.55) ? random.between(-0.5, 0.5) : undefined
  const dust = lch(0.7, 0.05, 70)
  const paint = (x: number, y: number, pixel: Pixel): void => {
    const fringe = ground + 26 * (cloudy(driftX + x / 700, driftY) - 0.5)
    if (y < fringe) {
      ramp(pixel, sky, y / ground)
      tint(pixel, leaves[3]!, 0.6 * smoothstep(0.4, 0.75, cloudy(driftX + x / 420, driftY + y / 420)))
      tint(pixel, leaves[0]!, 0.5 * smoothstep(0.5, 0.8, cloudy(driftY + x / 260, driftX + y / 260)))
    } else {
      const depth = (y - fringe) / (height - fringe)
      ramp(pixel, floor, depth)
      tint(
        pixel,
        leaves[1]!,
        0.5 *
          smoothstep(0.45, 0.7, cloudy(driftX + x / (240 + 300 * depth), driftY + y / (90 + 160 * depth))),
      )
      if (trail !== undefined) {
        const centre = sunX + trail * 260 * Math.sin(depth * 3)
        const half = 14 + depth * 150
        tint(
          pixel,
          mix(dust, floor[2]!, depth),
          0.75 * (1 - smoothstep(half * 0.8, half * 1.15, Math.abs(x - centre))),
        )
      }
    }
    shine(pixel, light, 0.6 * Math.exp(-Math.hypot(x - sunX, y - sunY) / 190))
  }
  const bark = lch(random.between(0.22, 0.3), 0.03, random.between(30, 80))
  const isBirch = random.chance(0.25)
  const rows = [0.12, 0.45, 1].map(near => {
    const sketch = new Sketch()
    const count = Math.round(
      near === 1 ? random.between(2, 5) : (random.between(7, 13) * width) / 1000 / near ** 0.3,
    )
    for (let i = 0; i < count; i++) {
      const x = width * random.between(-0.02, 1.02)
      trunk(sketch, random, {
        x,
        foot: ground + (height - ground) * near * random.between(0.25, 0.8) + 6,
        half: (4 + near * 19) * random.between(0.6, 1.35),
        colour: mix(mix(light, leaves[2]!, 0.5), isBirch ? lch(0.88, 0.01, 90) : bark, 0.32 + 0.65 * near),
        lit: light,
        side: Math.sign(sunX - x),
        isBirch: isBirch && near > 0.3,
        near,
      })
    }
    foliage(sketch, random, {
      width,
      height: ground * (0.75 - near * 0.3),
      tones: leaves.map(leaf => mix(leaf, bark, 0.25 * near * random.next())),
      size: 4 + near * 9,
      count: near === 1 ? 420 : 330,
    })
    return sketch
  })
  const litter = new Sketch()
  foliage(litter, random, { width, height: height - ground, tones: leaves, size: 5, count: 300, top: ground })
  const beams = new Sketch()
  if (random.chance(0.6)) {
    for (let i = random.int(3, 7); i > 0; i--) {
      const angle = random.between(0.5, 2.6)
      const [long, wide] = [1100, random.between(0.02, 0.07)]
      const end = (turn: number): readonly [number, number] => [
        sunX + Math.cos(turn) * long,
        sunY + Math.sin(turn) * long,
      ]
      beams.path(polygon([[sunX, sunY], end(angle), end(angle + wide)]), {
        fill: beams.radial(sunX, sunY, 800, [
          [0, light, 0.4],
          [1, light, 0],
        ]),
      })
    }
  }
  return {
    ground: { paint, detail: 0.3 },
    layers: [
      { sketch: rows[0]!, blur: 2.5 },
      { sketch: litter },
      { sketch: rows[1]! },
      { sketch: beams, blur: 6, blend: 'screen' },
      { sketch: rows[2]! },
    ],
    look: { glow: 0.22, vignette: 0.35 },
  }
}

interface Trunk {
  readonly x: number
  readonly foot: number
  readonly half: number
  readonly colour: Colour
  readonly lit: Colour
  readonly side: number
  readonly isBirch: boolean
  readonly near: number
}

function trunk(
  sketch: Sketch,
  random: Random,
  { x, foot, half, colour, lit, side, isBirch, near }: Trunk,
): void {
  const lean = random.between(-30, 30)
  const edge = mix(colour, lit, 0.45)
  const dark = mix(colour, [15, 8, 5], 0.35)
  const fill = sketch.linear(
    x - half,
    0,
    x + half,
    0,
    side > 0
      ? [
          [0, dark],
          [0.6, colour],
          [1, edge],
        ]
      : [
          [0, edge],
          [0.4, colour],
          [1, dark],
        ],
  )
  let d =
    `M${n(x - half * 1.7)} ${n(foot)}Q${n(x - half)} ${n(foot - half * 2)} ${n(x - half * 0.9 + lean * 0.3)} ${n(foot * 0.55)}L${n(x - half * 0.7 + lean)} -20` +
    `L${n(x + half * 0.7 + lean)} -20L${n(x + half * 0.9 + lean * 0.3)} ${n(foot * 0.55)}Q${n(x + half)} ${n(foot - half * 2)} ${n(x + half * 1.7)} ${n(foot)}Z`
  for (let i = random.int(1, 4); i > 0; i--) {
    const y = foot * random.between(0.1, 0.55)
    const at = x + lean * (1 - y / foot)
    const reach = random.between(60, 160) * (random.chance(0.5) ? 1 : -1) * (0.4 + near)
    d += `M${n(at)} ${n(y + half * 0.8)}Q${n(at + reach * 0.5)} ${n(y - 10)} ${n(at + reach)} ${n(y - Math.abs(reach) * 0.7)}Q${n(at + reach * 0.45)} ${n(y - 22)} ${n(at)} ${n(y - half * 0.4)}Z`
  }
  sketch.path(d, { fill })
  if (!isBirch) return
  let scars = ''
  for (let i = 0; i < 16; i++)
    scars += dot(
      x + lean * 0.4 + half * random.between(-0.7, 0.5),
      foot * random.between(0, 0.92),
      half * random.between(0.15, 0.5),
      half * 0.09,
    )
  sketch.path(scars, { fill: [45, 38, 35], opacity: 0.75 })
}

function foliage(
  sketch: Sketch,
  random: Random,
  {
    width,
    height,
    tones,
    size,
    count,
    top,
  }: Frame & { tones: readonly Colour[]; size: number; count: number; top?: number },
): void {
  const paths = tones.map(() => '')
  for (let i = 0; i < count; i++) {
    const depth = random.next()
    // overhead they thin out downwards; on the ground they grow towards the viewer
    const y = top === undefined ? height * (depth ** 1.8 * 1.2 - 0.05) : top + height * depth
    const reach = size * random.between(0.4, 1.2) * (top === undefined ? 1 : 0.3 + depth)
    paths[i % tones.length]! += dot(
      width * random.between(-0.02, 1.02),
      y,
      reach,
      reach * random.between(0.5, 0.9) * (top === undefined ? 1 : 0.6),
    )
  }
  paths.forEach((d, i) => sketch.path(d, { fill: tones[i]!, opacity: 0.88 }))
}
