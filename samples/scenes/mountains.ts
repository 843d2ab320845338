import type { Random } from '../../electron/shared/random.ts'
import { lch, mix, type Colour } from '../drawing/colour.ts'
import { cloudy, smoothstep } from '../drawing/noise.ts'
import { downTo, heightAt, horizon, polygon, type Point } from '../drawing/paths.ts'
import {
  ramp,
  shine,
  tint,
  type DrawnLayer,
  type Frame,
  type Picture,
  type Pixel,
  type Scene,
} from '../drawing/scene.ts'
import { n, Sketch } from '../drawing/sketch.ts'

/** Ranges behind ranges, each paler than the one before it, with mist between and firs in front. */
export const mountains: Scene = { name: 'mountains', months: [5, 11], hours: [5, 10], compose }

function compose(random: Random, frame: Frame): Picture {
  const { width, height } = frame
  const hue = random.pick([230, 245, 260, 200, 180, 290, 325, 155])
  const warm = random.pick([50, 70, 20, 350, 90])
  const haze = mix(lch(0.88, 0.08, warm), lch(0.87, 0.05, hue), random.next())
  const sky = [lch(random.between(0.55, 0.75), 0.1, hue), mix(haze, lch(0.84, 0.11, warm), 0.6), haze]
  const near = lch(random.between(0.22, 0.32), random.between(0.05, 0.1), hue + random.between(-30, 30))
  const first = height * random.between(0.28, 0.45)
  const [sunX, sunY] = [width * random.between(0.15, 0.85), first * random.between(0.35, 0.95)]
  const [driftX, driftY, cover] = [random.next(), random.next(), random.between(0.3, 0.6)]
  const sun = lch(0.95, 0.08, warm)
  const sunSize = random.chance(0.6) ? random.between(14, 30) : 0

  const white = mix(haze, [255, 255, 255], 0.4)
  const paint = (x: number, y: number, pixel: Pixel): void => {
    ramp(pixel, sky, y / (first * 1.3))
    const distance = Math.hypot(x - sunX, y - sunY)
    const cloud = cloudy(driftX + x / 1500, driftY + y / 420)
    tint(pixel, white, smoothstep(1 - cover, 1.5 - cover, cloud) * 0.8)
    shine(pixel, sun, 0.35 * Math.exp(-distance / 160))
    if (sunSize) tint(pixel, sun, 1 - smoothstep(sunSize * 0.9, sunSize * 1.1, distance))
  }
  const layers: DrawnLayer[] = []
  const count = random.int(4, 7)
  const roughness = random.between(0.44, 0.6)
  const ranges = new Sketch()
  for (let i = 0; i < count; i++) {
    const t = i / (count - 1)
    const y = first + (height * 0.86 - first) * t ** 1.15
    const swing = (1 - 0.45 * t) * height * random.between(0.07, 0.17)
    const ridge = horizon(random, { width, y, swing, roughness: roughness - 0.06 * t, levels: 8 })
    const colour = mix(mix(haze, near, 0.22), near, t ** 1.1)
    const mist = mix(haze, colour, 0.12 + 0.5 * t ** 2)
    const top = Math.min(...ridge.map(point => point[1]))
    const foot = y + (height * 0.95 - first) / count + swing * 0.5
    ranges.path(polygon(downTo(ridge, height + 5)), {
      fill: ranges.linear(0, top, 0, foot, [
        [0, colour],
        [0.35, colour],
        [1, mist],
      ]),
    })
    if (i === 0 && random.chance(0.55)) snow(ranges, random, ridge, { colour, sun, height: swing })
  }
  layers.push({ sketch: ranges })
  const woods = new Sketch()
  const y = height * random.between(0.86, 0.98)
  const hill = horizon(random, { width, y, swing: height * 0.06, roughness: 0.4 })
  firs(woods, random, hill, { width, height, dark: mix(near, [8, 12, 16], 0.55) })
  layers.push({ sketch: woods })
  return { ground: { paint, detail: 0.3 }, layers, look: { glow: 0.18, vignette: 0.15 } }
}

/** Lit faces down from each summit. */
function snow(
  sketch: Sketch,
  random: Random,
  ridge: readonly Point[],
  { colour, sun, height }: { colour: Colour; sun: Colour; height: number },
): void {
  const lit = mix(sun, [255, 255, 255], 0.5)
  for (let i = 4; i < ridge.length - 4; i++) {
    const [x, y] = ridge[i]!
    const isSummit = [1, 2, 3, 4].every(step => ridge[i - step]![1] >= y && ridge[i + step]![1] >= y)
    if (!isSummit) continue
    const points: Point[] = [[x, y]]
    for (let step = 1; step <= 4; step++) points.push(ridge[i + step]!)
    let [px, py] = points.at(-1)!
    for (let step = 0; step < 5; step++) {
      px -= (points.at(-1)![0] - x) * random.between(0.12, 0.45)
      py += height * random.between(-0.06, 0.2)
      points.push([px, py])
    }
    sketch.path(polygon(points), { fill: mix(colour, lit, 0.75) })
  }
}

function firs(
  sketch: Sketch,
  random: Random,
  hill: readonly Point[],
  { width, height, dark }: Frame & { dark: Colour },
): void {
  let d = polygon(downTo(hill, height + 5))
  const size = random.between(0.05, 0.2) * height
  const gap = random.between(0.16, 0.5)
  for (let x = -20; x < width + 20; x += size * gap * random.between(0.4, 1.7)) {
    const tall = size * random.between(0.45, 1.15)
    const y = heightAt(hill, Math.min(width, Math.max(0, x))) + 6
    const half = tall * random.between(0.15, 0.22)
    const tiers = 6
    const points: Point[] = [[x, y - tall]]
    for (let i = 1; i <= tiers; i++) {
      const reach = half * (i / tiers)
      points.push(
        [x + reach, y - tall * (1 - i / tiers) + tall * 0.03],
        [x + reach * 0.5, y - tall * (1 - i / tiers)],
      )
    }
    const left = points
      .slice(1)
      .reverse()
      .map(([px, py]): Point => [2 * x - px, py])
    d += polygon([...points, ...left])
  }
  const top = height * 0.75
  sketch.path(d, {
    fill: sketch.linear(0, n(top), 0, height, [
      [0, mix(dark, [90, 100, 110], 0.15)],
      [1, dark],
    ]),
  })
}
