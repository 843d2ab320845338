import type { Random } from '../../electron/shared/random.ts'
import { lch, mix, type Colour } from '../drawing/colour.ts'
import { cloudy, smoothstep } from '../drawing/noise.ts'
import { downTo, horizon, polygon } from '../drawing/paths.ts'
import {
  ramp,
  scale,
  shine,
  tint,
  type Frame,
  type Picture,
  type Pixel,
  type Scene,
} from '../drawing/scene.ts'
import { n, Sketch } from '../drawing/sketch.ts'

/** A low sun over the sea, its glitter on the water, and something dark against the light. */
export const sunsets: Scene = { name: 'sunsets', months: [4, 10], hours: [18, 21], compose }

function compose(random: Random, { width, height }: Frame): Picture {
  const line = height * random.between(0.48, 0.7)
  const sunX = width * random.between(0.2, 0.8)
  const sunRadius = random.between(16, 46)
  const sunY = line - random.between(-0.3, 4.5) * sunRadius
  const sky = skyColours(random)
  const glow = lch(0.9, 0.12, random.between(60, 90))
  const lit = lch(0.76, 0.17, random.between(25, 65))
  const shade = mix(sky[0]!, lch(0.36, 0.07, random.between(290, 350)), 0.6)
  const cover = random.between(0.3, 0.72)
  const [driftX, driftY] = [random.next(), random.next()]
  const stretch = random.between(0.6, 1.4)
  const chop = random.between(0.5, 1.6)

  const disc = lch(0.97, 0.06, 85)
  const paintSky = (x: number, y: number, pixel: Pixel): void => {
    const up = (line - y) / line
    ramp(pixel, sky, 1 - up)
    const distance = Math.hypot(x - sunX, (y - sunY) * 1.25)
    shine(pixel, glow, 0.55 * Math.exp(-distance / 110) + 0.16 * Math.exp(-distance / 380))
    const depth = 1 / (0.16 + up)
    const cloud = cloudy(driftX + ((x - width / 2) / 2600) * depth ** 0.35 * stretch, driftY + depth * 0.16)
    const density = smoothstep(1 - cover, 1.25 - cover, cloud) * smoothstep(-0.02, 0.14, up)
    const near = Math.exp(-distance / 420)
    const edge = 1 - smoothstep(1.02 - cover, 1.35 - cover, cloud)
    tint(pixel, mix(shade, lit, Math.min(1, near * 0.8 + edge * 0.65)), density * 0.85)
    if (distance < sunRadius * 1.15)
      tint(pixel, disc, 1 - smoothstep(sunRadius * 0.92, sunRadius * 1.08, distance))
  }
  const deep = mix(sky[0]!, lch(0.25, 0.06, 260), 0.55)
  const paint = (x: number, y: number, pixel: Pixel): void => {
    if (y < line) {
      paintSky(x, y, pixel)
      return
    }
    const depth = (y - line) / (height - line)
    const fine = 1 / (0.03 + depth * 0.55)
    const ripple = cloudy(x * 0.0011 * fine ** 0.55, driftY + fine * 0.35) - 0.5
    paintSky(
      x + ripple * 60 * chop,
      Math.max(0, line - (y - line) * 0.9 - (ripple + 0.4) * 70 * depth),
      pixel,
    )
    tint(pixel, deep, 0.2 + 0.4 * depth + ripple * 0.5 * chop)
    const path = Math.exp(-(((x - sunX) / (sunRadius * 1.3 + depth * 130)) ** 2))
    const glint = smoothstep(0.5, 0.72, cloudy(x * 0.002 * fine ** 0.5, fine * 0.9 + driftX))
    shine(pixel, glow, path * (glint * 0.75 + 0.12))
    scale(pixel, 1 - 0.25 * smoothstep(0.6, 1, depth))
  }
  return {
    ground: { paint, detail: 0.6 },
    layers: [{ sketch: silhouettes(random, { width, height }, line) }],
    look: { glow: 0.25 },
  }
}

function skyColours(random: Random): readonly Colour[] {
  const warm = random.between(35, 75)
  const top = random.pick([265, 285, 300, 320, 240, 20])
  const light = random.between(0.32, 0.52)
  return [
    lch(light, 0.09, top),
    lch(light + 0.1, 0.11, top + random.between(15, 50)),
    lch(0.66, 0.15, warm - 25),
    lch(0.82, 0.14, warm + 10),
  ]
}

function silhouettes(random: Random, { width, height }: Frame, line: number): Sketch {
  const sketch = new Sketch()
  const dark = lch(0.2, 0.04, random.between(270, 340))
  if (random.chance(0.6)) {
    const far = horizon(random, { width, y: line - random.between(2, 18), swing: 18, roughness: 0.5 })
    const half = random.chance(0.5) ? far.slice(0, 30) : far.slice(34)
    sketch.path(
      polygon(downTo(half.with(0, [half[0]![0], line]).with(-1, [half.at(-1)![0], line]), line + 1)),
      {
        fill: mix(dark, lch(0.5, 0.09, 330), 0.45),
      },
    )
  }
  const theme = random.pick(['boat', 'boat', 'palm', 'palm', 'rocks', 'none'])
  if (theme === 'boat') {
    const x = width * random.between(0.15, 0.85)
    const size = random.between(0.5, 1.7)
    sketch.group(
      { transform: `translate(${n(x)} ${n(line + 4 + size * 8)}) scale(${size})`, fill: dark },
      () => {
        sketch.path('M-32 -6L34 -8Q28 6 18 7L-22 7Q-30 2 -32 -6Z', {})
        sketch.path('M2 -90L2 -12L-26 -12Q-8 -44 2 -90ZM5 -82Q22 -40 30 -14L5 -12Z', {})
        sketch.path('M-22 8L18 8L6 40L-8 46Z', { opacity: 0.3 })
      },
    )
  } else if (theme === 'palm') {
    for (let i = random.int(1, 3); i > 0; i--) palm(sketch, random, dark, { width, height })
  } else if (theme === 'rocks') {
    const y = height * random.between(0.86, 0.97)
    sketch.path(polygon(downTo(horizon(random, { width, y, swing: 50, roughness: 0.6 }), height)), {
      fill: dark,
    })
  }
  gulls(sketch, random, dark, { width, height: line })
  return sketch
}

function palm(sketch: Sketch, random: Random, dark: Colour, { width, height }: Frame): void {
  const side = random.chance(0.5) ? 0 : 1
  const x = width * (side === 0 ? random.between(0.02, 0.25) : random.between(0.75, 0.98))
  const tall = height * random.between(0.45, 0.75)
  const lean = random.between(-0.1, 0.25) * tall * (side === 0 ? 1 : -1)
  const [topX, topY] = [x + lean, height - tall]
  const root = 10 + tall * 0.014
  sketch.path(
    `M${n(x - root)} ${n(height)}Q${n(x + lean * 0.2)} ${n(height - tall * 0.6)} ${n(topX - 4)} ${n(topY)}h8` +
      `Q${n(x + lean * 0.3 + 12)} ${n(height - tall * 0.55)} ${n(x + root)} ${n(height)}Z`,
    { fill: dark },
  )
  for (let i = 0; i < 11; i++) {
    const angle = -Math.PI / 2 + (i - 5) * 0.4 + random.between(-0.15, 0.15)
    const long = tall * random.between(0.28, 0.4)
    const [endX, endY] = [topX + Math.cos(angle) * long, topY + Math.sin(angle) * long * 0.55 + long * 0.34]
    const [bendX, bendY] = [
      topX + Math.cos(angle) * long * 0.6,
      topY + Math.sin(angle) * long * 0.62 - long * 0.12,
    ]
    let leaf = ''
    for (let t = 0.04; t < 1; t += 0.045) {
      const [u, v, w] = [(1 - t) ** 2, 2 * t * (1 - t), t * t]
      const [x0, y0] = [u * topX + v * bendX + w * endX, u * topY + v * bendY + w * endY]
      const drop = long * 0.26 * Math.sin(Math.PI * (0.1 + t * 0.82))
      for (const spread of [-0.5, 0.75]) {
        const [tipX, tipY] = [
          x0 + drop * (Math.cos(angle) * 0.6 + spread * 0.3),
          y0 + drop * (0.55 + spread * 0.4),
        ]
        leaf += `M${n(x0 - long * 0.022)} ${n(y0 - 2)}L${n(tipX)} ${n(tipY)}L${n(x0 + long * 0.022)} ${n(y0 - 2)}Z`
      }
    }
    sketch.path(leaf, { fill: dark })
    sketch.path(`M${n(topX)} ${n(topY)}Q${n(bendX)} ${n(bendY)} ${n(endX)} ${n(endY)}`, {
      stroke: { ink: dark, width: long * 0.035 },
    })
  }
}

function gulls(sketch: Sketch, random: Random, dark: Colour, { width, height }: Frame): void {
  for (let i = random.pick([0, 0, 3, 5, 8]); i > 0; i--) {
    const [x, y, wing] = [width * random.next(), height * random.between(0.15, 0.7), random.between(6, 15)]
    sketch.path(
      `M${n(x - wing)} ${n(y - wing * 0.3)}Q${n(x - wing * 0.4)} ${n(y - wing * 0.6)} ${n(x)} ${n(y)}Q${n(x + wing * 0.4)} ${n(y - wing * 0.6)} ${n(x + wing)} ${n(y - wing * 0.2)}`,
      { stroke: { ink: dark, width: wing * 0.18 } },
    )
  }
}
