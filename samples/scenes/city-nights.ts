import type { Random } from '../../electron/shared/random.ts'
import { lch, mix, type Colour } from '../drawing/colour.ts'
import { cloudy, smoothstep } from '../drawing/noise.ts'
import { box, dot } from '../drawing/paths.ts'
import {
  ramp,
  scale,
  shine,
  tint,
  type DrawnLayer,
  type Frame,
  type Picture,
  type Pixel,
  type Scene,
} from '../drawing/scene.ts'
import { n, Sketch } from '../drawing/sketch.ts'

/** Towers with lit windows, mirrored in a river or seen over a street of lights. */
export const cityNights: Scene = { name: 'city-nights', months: [1, 12], hours: [20, 23], compose }

function compose(random: Random, frame: Frame): Picture {
  const { width, height } = frame
  const water = height * random.between(0.66, 0.86)
  const hue = random.pick([260, 275, 250, 300, 230])
  const city = random.pick([60, 40, 330, 200, 75])
  const sky = [
    lch(random.between(0.12, 0.22), 0.06, hue),
    lch(random.between(0.24, 0.36), 0.09, hue + 15),
    lch(random.between(0.42, 0.6), 0.11, city),
  ]
  const [driftX, driftY] = [random.next(), random.next()]
  const moon = random.chance(0.45)
    ? ([
        width * random.between(0.1, 0.9),
        height * random.between(0.08, 0.25),
        random.between(12, 30),
      ] as const)
    : undefined
  const deep = lch(0.14, 0.05, hue)
  const pale = lch(0.95, 0.03, 90)
  const paint = (x: number, y: number, pixel: Pixel): void => {
    const mirrored = y > water ? 2 * water - y : y
    ramp(pixel, sky, Math.max(0, mirrored / water))
    tint(pixel, sky[2]!, 0.35 * smoothstep(0.5, 0.95, cloudy(driftX + x / 1700, driftY + mirrored / 600)))
    if (moon && y < water) {
      const distance = Math.hypot(x - moon[0], y - moon[1])
      shine(pixel, pale, 0.3 * Math.exp(-distance / 60))
      tint(pixel, pale, 1 - smoothstep(moon[2] - 1.5, moon[2] + 1.5, distance))
    }
    if (y <= water) return
    tint(pixel, deep, 0.35)
    const depth = (y - water) / (height - water)
    scale(pixel, 0.75 + 0.5 * cloudy(x / 1800, driftY + 0.9 / (0.12 + depth)))
  }

  const skyline = new Sketch()
  const stars = Array.from({ length: random.int(0, 60) }, () =>
    dot(width * random.next(), water * 0.5 * random.next(), random.between(0.4, 1.1)),
  )
  skyline.path(stars.join(''), { fill: pale, opacity: 0.6 })
  const rows = random.int(2, 3)
  for (let row = 0; row < rows; row++) {
    const nearness = row / (rows - 1)
    const face = mix(mix(sky[2]!, sky[1]!, 0.6), lch(0.16, 0.04, hue), 0.35 + 0.6 * nearness)
    street(skyline, random, {
      width,
      base: water,
      height: water * random.between(0.3, 0.62) * (1 - 0.35 * nearness),
      face,
      nearness,
    })
  }
  const layers: DrawnLayer[] = [{ sketch: skyline }]
  layers.push(...reflections(random, { width, height }, water, hue))
  return { ground: { paint, detail: 0.4 }, layers, look: { glow: 0.45, vignette: 0.3 } }
}

interface Street {
  readonly width: number
  readonly base: number
  readonly height: number
  readonly face: Colour
  readonly nearness: number
}

function street(sketch: Sketch, random: Random, { width, base, height, face, nearness }: Street): void {
  const lamps = [lch(0.88, 0.11, 80), lch(0.8, 0.13, 65), lch(0.93, 0.04, 95), lch(0.85, 0.07, 220)]
  const lit = lamps.map(() => '')
  let walls = ''
  let tips = ''
  const pitch = 7 + nearness * 6
  for (let x = -random.between(0, 60); x < width;) {
    const wide = pitch * random.int(4, 10)
    const tall = height * random.between(0.3, 1) * (random.chance(0.15) ? 1.35 : 1)
    const top = base - tall
    walls += box(x, top, wide, tall)
    if (random.chance(0.3)) walls += box(x + wide * 0.2, top - 16, wide * 0.6, 17)
    if (random.chance(0.16)) {
      walls += `M${n(x + wide * 0.1)} ${n(top)}L${n(x + wide / 2)} ${n(top - wide * random.between(0.6, 1.3))}L${n(x + wide * 0.9)} ${n(top)}Z`
    } else if (random.chance(0.25)) {
      const mast = random.between(20, 60)
      walls += box(x + wide / 2 - 1, top - mast, 2, mast)
      tips += dot(x + wide / 2, top - mast, 2.2)
    }
    const share = random.between(0.18, 0.6)
    const mood = random.int(0, lamps.length - 1)
    const band = random.chance(0.25)
    for (let y = top + pitch * 0.7; y < base - pitch; y += pitch * 1.05) {
      const floorLit = random.chance(share)
      for (let at = x + pitch * 0.3; at < x + wide - pitch * 0.4; at += pitch) {
        if (band ? !floorLit : !random.chance(share)) continue
        const lamp = random.chance(0.8) ? mood : random.int(0, lamps.length - 1)
        lit[lamp]! += box(at, y, pitch * (band ? 0.85 : 0.5), pitch * 0.55)
      }
    }
    x += wide + (random.chance(0.3) ? random.between(2, 26) : 0)
  }
  sketch.path(walls, {
    fill: sketch.linear(0, base - height, 0, base, [
      [0, face],
      [1, mix(face, lch(0.45, 0.08, 60), 0.22)],
    ]),
  })
  lit.forEach((d, i) => sketch.path(d, { fill: lamps[i]!, opacity: 0.45 + 0.5 * nearness }))
  sketch.path(tips, { fill: lch(0.65, 0.24, 27) })
}

/** Long streaks under the quay, broken by ripples. */
function reflections(
  random: Random,
  { width, height }: Frame,
  water: number,
  hue: number,
): readonly DrawnLayer[] {
  const streaks = new Sketch()
  const ripples = new Sketch()
  const room = height - water
  for (let i = 0; i < 70; i++) {
    const x = width * random.next()
    const long = room * random.between(0.2, 1)
    const colour = lch(
      random.between(0.65, 0.88),
      random.between(0.06, 0.16),
      random.pick([60, 70, 80, 40, 25, 200, 330]),
    )
    const wide = random.between(2, 13)
    streaks.rect(x, water, wide, long, {
      fill: streaks.linear(0, water, 0, water + long, [
        [0, colour, 0.75],
        [1, colour, 0],
      ]),
    })
  }
  const quay = lch(0.1, 0.03, hue)
  ripples.rect(-5, water - 3, width + 10, 6, { fill: quay })
  const lamps = Array.from({ length: random.int(8, 26) }, () =>
    dot(width * random.next(), water - random.between(3, 9), random.between(1.5, 3)),
  )
  ripples.path(lamps.join(''), { fill: lch(0.95, 0.09, 85) })
  let waves = ''
  for (let i = 0; i < 130; i++) {
    const depth = random.next() ** 1.5
    const long = 8 + 70 * depth
    waves += box(width * random.next() - long / 2, water + 5 + room * depth, long, 0.8 + depth * 2.2)
  }
  ripples.path(waves, { fill: quay, opacity: 0.4 })
  return [{ sketch: streaks, blur: 2.6, blend: 'screen' }, { sketch: ripples }]
}
