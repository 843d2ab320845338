import type { Random } from '../../electron/shared/random.ts'
import { lch, mix, type Colour } from '../drawing/colour.ts'
import { cloudy, smoothstep } from '../drawing/noise.ts'
import {
  ramp,
  scale,
  set,
  shine,
  tint,
  type Frame,
  type Picture,
  type Pixel,
  type Scene,
} from '../drawing/scene.ts'
import { n, Sketch } from '../drawing/sketch.ts'

/** Sand in low light: each dune bright on one side of its crest and in shadow on the other. */
export const dunes: Scene = { name: 'dunes', months: [1, 12], hours: [7, 18], compose }

interface Dune {
  readonly peak: number
  readonly top: number
  readonly left: number
  readonly right: number
  readonly bend: number
  readonly phase: number
}

function compose(random: Random, { width, height }: Frame): Picture {
  const hue = random.between(48, 78)
  const sand = lch(random.between(0.72, 0.82), random.between(0.09, 0.14), hue)
  const shadow = lch(random.between(0.32, 0.46), random.between(0.06, 0.1), hue - random.between(10, 40))
  const cool = random.chance(0.6)
  const sky = cool
    ? [lch(0.52, 0.11, 250), lch(0.72, 0.08, 235), lch(0.9, 0.04, 90)]
    : [lch(0.6, 0.08, 300), lch(0.78, 0.1, 40), lch(0.9, 0.1, 80)]
  const line = height * random.between(0.25, 0.5)
  const count = random.int(3, 5)
  // from the nearest to the farthest: the first that covers a pixel is the one that is seen
  const list = Array.from({ length: count }, (_, i): Dune => {
    const t = i / (count - 1)
    return {
      peak: width * random.between(0.05, 0.95),
      top:
        height * (0.72 - random.between(0, 0.14)) * (1 - t) +
        line * t -
        random.between(0, 60) * (1 - t * 0.5),
      left: random.between(0.12, 0.42),
      right: random.between(0.12, 0.42),
      bend: random.between(-0.9, 0.9),
      phase: random.between(0, 6.28),
    }
  })
  const [driftX, driftY, ripples] = [random.next(), random.next(), random.between(0.04, 0.13)]
  const ridgeOf = ({ peak, top, left, right, phase }: Dune, x: number): number => {
    const away = x - peak
    const slope = away < 0 ? left : right
    const soft = Math.sqrt(away * away + 260) - 16
    return (
      top +
      soft * slope * (1 - Math.min(0.55, soft / 2400)) +
      9 * Math.sin(x / 130 + phase) * Math.min(1, soft / 200)
    )
  }
  const white: Colour = [255, 248, 238]
  const light = lch(0.92, 0.1, 80)
  const paint = (x: number, y: number, pixel: Pixel): void => {
    for (let i = 0; i < count; i++) {
      const dune = list[i]!
      const below = y - ridgeOf(dune, x)
      if (below < 0) continue
      const fall = y - dune.top
      const crest =
        dune.peak + dune.bend * fall + 46 * Math.sin(fall / 95 + dune.phase) * Math.min(1, fall / 120)
      const side = smoothstep(-2.5, 2.5, x - crest)
      const far = i / count
      set(pixel, sand)
      scale(pixel, 1.06 - Math.min(0.3, below / 1300))
      const grain = cloudy(driftX + x / 900, driftY + y / 500)
      const wave = Math.sin((y * 0.55 + x * 0.12 + grain * 90) * (0.35 + far * 0.5))
      scale(pixel, 1 + wave * ripples * (1 - far) * smoothstep(0, 130, below) + (grain - 0.5) * 0.14)
      tint(pixel, shadow, side * (0.92 - Math.min(0.5, Math.max(0, x - crest) / 900)))
      tint(pixel, sky[2]!, far * 0.42)
      return
    }
    ramp(pixel, sky, y / (line * 1.15))
    const cloud = cloudy(driftY + x / 2300, driftX + y / 500)
    tint(pixel, white, 0.5 * smoothstep(0.55, 0.95, cloud))
    shine(pixel, light, 0.3 * Math.exp(-Math.hypot(x, y - line) / 300))
  }
  const figures = new Sketch()
  if (random.chance(0.5))
    caravan(figures, random, list, ridgeOf, { width, dark: mix(shadow, [30, 15, 15], 0.65) })
  return { ground: { paint, detail: 0.7 }, layers: [{ sketch: figures }], look: { glow: 0.1, vignette: 0.2 } }
}

/** Camels in file along the crest of a dune. */
function caravan(
  sketch: Sketch,
  random: Random,
  list: readonly Dune[],
  ridgeOf: (dune: Dune, x: number) => number,
  { width, dark }: { width: number; dark: Colour },
): void {
  const dune = list[random.int(1, list.length - 1)]!
  const size = random.between(0.5, 0.95)
  const start = width * random.between(0.1, 0.6)
  for (let i = 0; i < random.int(2, 6); i++) {
    const x = start + i * 64 * size
    const y = Math.min(...list.map(other => ridgeOf(other, x)), ridgeOf(dune, x))
    sketch.path(
      'M-22 0L-20 -22Q-26 -34 -14 -36Q-6 -50 2 -38Q14 -40 20 -30Q28 -32 30 -50L40 -51L41 -46L35 -45Q34 -24 20 -20L20 0L17 0L15 -18L-14 -18L-19 0Z' +
        (i % 2 ? 'M-7 -40L-5 -62Q0 -70 5 -62L7 -40Z' : ''),
      { fill: dark, transform: `translate(${n(x)} ${n(y + 3)}) scale(${n(size * 10) / 10})` },
    )
  }
}
