import type { Random } from '../../electron/shared/random.ts'
import { lch, mix } from '../drawing/colour.ts'
import { cloudy } from '../drawing/noise.ts'
import { dot, downTo, heightAt, horizon, polygon, type Point } from '../drawing/paths.ts'
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

/** Northern lights over snow, firs and now and then a cabin or a lake. */
export const auroras: Scene = { name: 'auroras', months: [1, 4], hours: [20, 23], compose }

interface Curtain {
  readonly base: number
  readonly swing: number
  readonly phase: number
  readonly pace: number
  readonly tall: number
  readonly strength: number
  readonly seed: number
}

function compose(random: Random, { width, height }: Frame): Picture {
  const line = height * random.between(0.68, 0.86)
  const hue = random.pick([255, 270, 240])
  const sky = [lch(0.13, 0.05, hue), lch(0.22, 0.07, hue - 10), lch(0.36, 0.08, hue - 30)]
  const low = lch(0.82, 0.2, random.pick([150, 155, 165, 140, 180]))
  const high = lch(0.58, 0.2, random.pick([310, 340, 290, 200, 170]))
  const curtains = Array.from({ length: random.int(2, 4) }, (): Curtain => ({
    base: line * random.between(0.45, 0.92),
    swing: line * random.between(0.06, 0.2),
    phase: random.between(0, 6.28),
    pace: random.between(150, 330),
    tall: line * random.between(0.16, 0.4),
    strength: random.between(0.35, 0.85),
    seed: random.next(),
  }))
  const hasLake = random.chance(0.4)
  const slant = random.between(-0.35, 0.35)
  const paintSky = (x: number, y: number, pixel: Pixel): void => {
    ramp(pixel, sky, y / line)
    for (const { base, swing, phase, pace, tall, strength, seed } of curtains) {
      const at = x + slant * (base - y)
      const foot =
        base + swing * Math.sin(at / pace + phase) + swing * 0.5 * Math.sin(at / (pace * 0.37) + phase * 2)
      const above = foot - y
      if (above < -30) continue
      const ray =
        0.35 + cloudy(seed + at / 520, seed + y / 9000) * (0.5 + cloudy(seed + at / 160, seed) * 0.75)
      const reach = tall * (0.6 + 0.8 * cloudy(seed, seed + at / 800))
      const light = above < 0 ? Math.exp(-((above / 12) ** 2)) : Math.exp(-above / reach)
      const t = Math.min(1, Math.max(0, above / (reach * 1.4)))
      shine(pixel, mix(low, high, t), light * ray * strength)
    }
  }
  const paint = (x: number, y: number, pixel: Pixel): void => {
    if (y < line || !hasLake) {
      paintSky(x, y, pixel)
      return
    }
    const depth = (y - line) / (height - line)
    const ripple = cloudy(x / 1400, 0.6 / (0.1 + depth)) - 0.5
    paintSky(x + ripple * 24, Math.max(0, line - (y - line) * 1.5 - ripple * 60), pixel)
    scale(pixel, 0.66 + ripple * 0.3)
    tint(pixel, sky[0]!, 0.25)
  }
  const view = new Sketch()
  const stars = ['', '']
  for (let i = 0; i < 170; i++)
    stars[i % 2]! += dot(
      width * random.next(),
      line * random.next() ** 1.3,
      random.between(0.4, i % 17 === 0 ? 1.9 : 1.1),
    )
  view.path(stars[0]!, { fill: [255, 255, 255], opacity: 0.85 })
  view.path(stars[1]!, { fill: lch(0.9, 0.05, 230), opacity: 0.5 })
  const far = horizon(random, {
    width,
    y: line - random.between(5, 40),
    swing: random.between(20, 70),
    roughness: 0.52,
  })
  view.path(
    polygon(
      downTo(
        far.map(([x, y]): Point => [x, Math.min(y, line)]),
        line,
      ),
    ),
    { fill: mix(sky[1]!, lch(0.42, 0.04, hue), 0.45) },
  )
  const snow = mix(lch(0.55, 0.05, hue - 20), low, 0.22)
  const hill = horizon(random, {
    width,
    y: hasLake ? height * 0.96 : line + 8,
    swing: hasLake ? 14 : 26,
    roughness: 0.38,
  })
  view.path(polygon(downTo(hill, height + 5)), {
    fill: view.linear(0, line, 0, height, [
      [0, snow],
      [1, mix(snow, sky[0]!, 0.6)],
    ]),
  })
  firs(view, random, hill, { width, height, size: random.between(60, 190) })
  if (random.chance(0.5)) cabin(view, random, hill, { width, height })
  return { ground: { paint, detail: 0.4 }, layers: [{ sketch: view }], look: { glow: 0.35, vignette: 0.25 } }
}

function firs(
  sketch: Sketch,
  random: Random,
  hill: readonly Point[],
  { width, height, size }: Frame & { size: number },
): void {
  let d = ''
  const groves = Array.from({ length: random.int(2, 4) }, () => width * random.next())
  for (let i = 0; i < 34; i++) {
    const x = random.pick(groves) + random.gauss() * width * 0.08
    if (x < 0 || x > width) continue
    const tall = size * random.between(0.4, 1.2)
    const foot = Math.min(height, heightAt(hill, x) + random.between(4, 40))
    d += `M${n(x)} ${n(foot - tall)}`
    for (const side of [1, -1]) {
      for (let step = 1; step <= 6; step++) {
        const tier = side === 1 ? step : 7 - step
        const [y, reach] = [foot - tall * (1 - tier / 6), tall * 0.2 * (tier / 6) * side]
        d +=
          side === 1
            ? `L${n(x + reach)} ${n(y)}L${n(x + reach * 0.45)} ${n(y - 2)}`
            : `L${n(x + reach * 0.45)} ${n(y - 2)}L${n(x + reach)} ${n(y)}`
      }
    }
    d += 'Z'
  }
  sketch.path(d, { fill: lch(0.14, 0.03, 240) })
}

function cabin(sketch: Sketch, random: Random, hill: readonly Point[], { width, height }: Frame): void {
  const x = width * random.between(0.15, 0.85)
  const y = Math.min(height - 20, heightAt(hill, x) + 34)
  const warm = lch(0.85, 0.15, 75)
  const place = `translate(${n(x)} ${n(y)}) scale(${n(random.between(0.6, 1.2) * 10) / 10})`
  sketch.group({ transform: place }, () => {
    sketch.ellipse(0, 2, 120, 26, {
      fill: sketch.radial(0, 2, 110, [
        [0, warm, 0.55],
        [1, warm, 0],
      ]),
    })
    if (random.chance(0.35)) {
      sketch.path('M-58 0Q-40 -60 0 -66Q40 -60 58 0Z', {
        fill: sketch.radial(0, -12, 70, [
          [0, lch(0.93, 0.11, 85)],
          [1, lch(0.6, 0.17, 50)],
        ]),
      })
      sketch.path('M-4 0Q-10 -30 0 -64Q10 -30 12 0Z', { fill: lch(0.45, 0.12, 45) })
      return
    }
    sketch.path('M-50 0V-40L0 -78L50 -40V0Z', { fill: lch(0.24, 0.05, 40) })
    sketch.path('M-64 -32L0 -84L64 -32L58 -26L0 -70L-58 -26Z', { fill: lch(0.8, 0.03, 230) })
    sketch.path('M-34 -32h24v20h-24ZM14 -32h20v32h-20Z', { fill: warm })
    sketch.path('M26 -86h12v26h-12Z', { fill: lch(0.24, 0.05, 40) })
  })
}
