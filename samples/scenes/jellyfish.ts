import type { Random } from '../../electron/shared/random.ts'
import { lch, mix, type Colour } from '../drawing/colour.ts'
import { cloudy, smoothstep } from '../drawing/noise.ts'
import { dot, smooth, type Point } from '../drawing/paths.ts'
import { ramp, shine, type Frame, type Picture, type Pixel, type Scene } from '../drawing/scene.ts'
import { n, Sketch } from '../drawing/sketch.ts'

/** Jellyfish that glow in deep water. */
export const jellyfish: Scene = { name: 'jellyfish', months: [1, 12], hours: [10, 17], compose }

function compose(random: Random, { width, height }: Frame): Picture {
  const hue = random.pick([250, 262, 240, 275, 220, 205])
  const light = random.between(0.3, 0.62)
  const water = [lch(light, 0.13, hue - 15), lch(light * 0.62, 0.13, hue), lch(light * 0.32, 0.09, hue + 12)]
  const [driftX, driftY, sunX] = [random.next(), random.next(), width * random.between(0.1, 0.9)]
  const rays = random.between(0, 0.4)
  const surface = lch(0.85, 0.08, hue - 30)
  const paint = (x: number, y: number, pixel: Pixel): void => {
    ramp(pixel, water, y / height + 0.3 * (cloudy(driftX + x / 2600, driftY + y / 2600) - 0.5))
    const fan = (x - sunX) / (y + 240)
    const ray = smoothstep(0.45, 0.85, cloudy(driftX + fan * 0.55, driftY))
    shine(pixel, surface, (ray * rays + 0.12) * Math.exp(-y / (height * 0.45)) * Math.exp(-Math.abs(fan)))
  }
  const glow = random.pick([350, 20, 40, 320, 200, 60, 300, 180])
  const far = new Sketch()
  const near = new Sketch()
  const count = random.pick([1, 1, 2, 3, 4, 6, 9])
  const drift = random.between(-35, 35)
  const spots: { x: number; y: number; size: number }[] = []
  for (let i = 0; i < count; i++) {
    const size =
      Math.min(width, height) *
      (i === 0 ? random.between(0.15, 0.27) / count ** 0.22 : random.between(0.04, 0.14))
    const x = width * (i === 0 ? random.between(0.3, 0.7) : random.between(0.05, 0.95))
    const y = height * (i === 0 ? random.between(0.25, 0.45) : random.between(0.05, 0.85))
    if (spots.some(spot => Math.hypot(spot.x - x, spot.y - y) < (spot.size + size) * 1.1)) continue
    spots.push({ x, y, size })
    const isFar = i > 0 && size < Math.min(width, height) * 0.075
    const sketch = isFar ? far : near
    const tone = lch(random.between(0.72, 0.86), random.between(0.08, 0.15), glow + random.between(-18, 18))
    sketch.group(
      {
        transform: `translate(${n(x)} ${n(y)}) rotate(${n(drift + random.between(-18, 18))}) scale(${Math.round(size * 10) / 1000})`,
        opacity: isFar ? 0.6 : 0.95,
      },
      () => jelly(sketch, random, { tone, water: water[0]! }),
    )
  }
  const specks = new Sketch()
  let d = ''
  for (let i = 0; i < 90; i++)
    d += dot(width * random.next(), height * random.next(), random.between(0.6, 2.6))
  specks.path(d, { fill: surface, opacity: 0.35 })
  return {
    ground: { paint, detail: 0.2 },
    layers: [{ sketch: far, blur: 4 }, { sketch: specks, blur: 1.2 }, { sketch: near }],
    look: { glow: 0.5, vignette: 0.35 },
  }
}

/** A jellyfish whose bell has the radius 100, swimming upwards. */
function jelly(sketch: Sketch, random: Random, { tone, water }: { tone: Colour; water: Colour }): void {
  const pale = mix(tone, [255, 255, 255], 0.6)
  const deep = mix(tone, water, 0.55)
  const tall = random.between(78, 125)
  const rim = random.between(12, 34)
  const halo = sketch.radial(0, -20, 190, [
    [0, tone, 0.4],
    [1, tone, 0],
  ])
  sketch.circle(0, -20, 190, { fill: halo })
  const strands = random.int(12, 22)
  const long = random.between(220, 480)
  let thin = ''
  for (let i = 0; i < strands; i++) {
    const x = -88 + (176 * i) / (strands - 1)
    thin += trail(random, x, rim * 0.6, long * random.between(0.5, 1.1), 16)
  }
  sketch.path(thin, {
    stroke: {
      ink: sketch.linear(0, 0, 0, long, [
        [0, pale, 0.8],
        [0.6, tone, 0.45],
        [1, tone, 0],
      ]),
      width: 2.2,
    },
  })
  const arms = sketch.linear(0, 0, 0, long * 0.75, [
    [0, pale, 0.8],
    [0.5, tone, 0.5],
    [1, deep, 0],
  ])
  for (let i = 0; i < random.int(3, 5); i++) {
    const start = random.between(-26, 26)
    const points: Point[] = []
    const reach = long * random.between(0.45, 0.75)
    const phase = random.between(0, 6)
    for (let t = 0; t <= 1; t += 0.1)
      points.push([
        start + 16 * Math.sin(phase + t * 7) * (0.3 + t) + 13 * (1 - t) * (1 + 0.5 * Math.sin(t * 40)),
        8 + reach * t,
      ])
    for (let t = 1; t >= 0; t -= 0.1)
      points.push([
        start + 16 * Math.sin(phase + t * 7) * (0.3 + t) - 13 * (1 - t) * (1 + 0.5 * Math.sin(t * 37)),
        8 + reach * t,
      ])
    sketch.path(smooth(points, true), { fill: arms, opacity: 0.75 })
  }
  const dome = `M-100 ${n(rim * 0.4)}C-108 ${n(-tall * 0.7)} -60 ${n(-tall)} 0 ${n(-tall)}C60 ${n(-tall)} 108 ${n(-tall * 0.7)} 100 ${n(rim * 0.4)}`
  const scallops = Array.from(
    { length: 8 },
    (_, i) => `Q${n(100 - i * 25 - 12.5)} ${n(rim * 0.4 + 26)} ${n(100 - (i + 1) * 25)} ${n(rim * 0.4)}`,
  ).join('')
  sketch.path(dome + scallops + 'Z', {
    fill: sketch.radial(0, -10, 130, [
      [0, deep, 0.35],
      [0.55, tone, 0.55],
      [0.85, tone, 0.8],
      [1, pale, 0.95],
    ]),
  })
  sketch.path(
    `M-96 ${n(rim * 0.4)}Q0 ${n(rim * 1.9)} 96 ${n(rim * 0.4)}Q0 ${n(-rim * 0.9)} -96 ${n(rim * 0.4)}Z`,
    { fill: deep, opacity: 0.45 },
  )
  let ribs = ''
  for (let i = -4; i <= 4; i++)
    ribs += `M${n(i * 5)} ${n(-tall * 0.94)}Q${n(i * 27)} ${n(-tall * 0.72)} ${n(i * 23.5)} ${n(rim * 0.5)}`
  sketch.path(ribs, { stroke: { ink: pale, width: 1.8 }, opacity: 0.5 })
  if (random.chance(0.6)) {
    for (let i = 0; i < 4; i++) {
      const x = [-30, 30, -13, 13][i]!
      sketch.ellipse(x, -tall * (i < 2 ? 0.42 : 0.55), 15, 11, {
        stroke: { ink: pale, width: 4.5 },
        opacity: 0.7,
      })
    }
  } else {
    const spots = Array.from({ length: 16 }, () =>
      dot(random.between(-66, 66), -tall * random.between(0.25, 0.78), random.between(2, 6)),
    )
    sketch.path(spots.join(''), { fill: pale, opacity: 0.65 })
  }
  sketch.path(
    `M-66 ${n(-tall * 0.5)}Q-48 ${n(-tall * 0.86)} -6 ${n(-tall * 0.9)}Q-42 ${n(-tall * 0.74)} -66 ${n(-tall * 0.5)}Z`,
    { fill: [255, 255, 255], opacity: 0.55 },
  )
}

function trail(random: Random, x: number, y: number, long: number, sway: number): string {
  const phase = random.between(0, 6.28)
  return smooth(
    Array.from({ length: 7 }, (_, i): Point => [
      x + sway * Math.sin(phase + i * 1.1) * (i / 4),
      y + (long * i) / 6,
    ]),
  )
}
