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

/** Sails on a bright blue sea. */
export const sailboats: Scene = { name: 'sailboats', months: [5, 9], hours: [10, 17], compose }

function compose(random: Random, { width, height }: Frame): Picture {
  const line = height * random.between(0.34, 0.62)
  const blue = random.between(225, 252)
  const sea = random.pick([205, 220, 240, 190])
  const sky = [lch(0.6, 0.12, blue), lch(0.78, 0.08, blue - 8), lch(0.93, 0.03, blue - 20)]
  const water = [lch(0.72, 0.08, sea), lch(0.55, 0.11, sea), lch(0.4, 0.1, sea + 15)]
  const [driftX, driftY, cover] = [random.next(), random.next(), random.between(0.25, 0.6)]
  const chop = random.between(0.5, 1.3)
  const [sunX, sparkle] = [width * random.next(), random.between(0.1, 0.8)]
  const white: Colour = [255, 255, 255]
  const light: Colour = [255, 250, 235]
  const paint = (x: number, y: number, pixel: Pixel): void => {
    if (y < line) {
      ramp(pixel, sky, y / line)
      const lift = (line - y) / line
      const cloud = cloudy(driftX + x / 1300, driftY + y / 620)
      const body = smoothstep(1 - cover, 1.2 - cover, cloud + 0.12 * (1 - lift))
      const under = cloudy(driftX + x / 1300 - 0.01, driftY + y / 620 - 0.03)
      tint(pixel, white, body * 0.92)
      scale(pixel, 1 - body * 0.2 * smoothstep(-0.05, 0.25, under - cloud + 0.08))
      return
    }
    const depth = (y - line) / (height - line)
    const far = 1 / (0.05 + depth * 0.6)
    ramp(pixel, water, depth ** 0.7)
    const wave = cloudy(driftX + x * 0.0011 * far ** 0.5, driftY + far * 0.55)
    const ripple = cloudy(driftY + x * 0.003 * far ** 0.5, driftX + far * 1.3)
    scale(pixel, 1 + (wave - 0.5) * 0.65 * chop + (ripple - 0.5) * 0.25)
    const path = Math.exp(-(((x - sunX) / (90 + depth * 160)) ** 2))
    shine(pixel, light, smoothstep(0.62, 0.85, ripple) * (0.1 + path * sparkle))
  }
  const scenery = new Sketch()
  if (random.chance(0.65)) {
    for (let i = random.int(1, 2); i > 0; i--) {
      const far = horizon(random, { width, y: line - random.between(8, 26), swing: 30, roughness: 0.5 })
      const points = far.map(([x, y]) => [x, Math.min(y, line)] as const)
      scenery.path(polygon(downTo(points, line + 1)), {
        fill: mix(sky[2]!, lch(0.45, 0.06, random.pick([150, 250, 80])), i === 1 ? 0.6 : 0.35),
      })
    }
  }
  const livery = random.int(0, 359)
  const count = random.pick([1, 1, 2, 2, 3, 5, 8])
  const largest =
    Math.min(width, height) * (count === 1 ? random.between(0.4, 0.72) : random.between(0.25, 0.5))
  const boats = Array.from({ length: count }, (_, i) => {
    const near = i === 0 ? 1 : random.between(0.12, 0.85)
    return { x: width * (i === 0 ? random.between(0.25, 0.75) : random.between(0.04, 0.96)), near }
  }).sort((a, b) => a.near - b.near)
  const heel = random.between(2, 15) * (random.chance(0.5) ? 1 : -1)
  for (const { x, near } of boats) {
    const size = (largest * near) / 300
    const y = line + (height - line) * (0.04 + 0.5 * near ** 1.4)
    boat(scenery, random, {
      x,
      y,
      size,
      heel: heel * random.between(0.6, 1.2),
      livery,
      air: sky[2]!,
      haze: 0.35 * (1 - near),
    })
  }
  return {
    ground: { paint, detail: 0.6 },
    layers: [{ sketch: scenery }],
    look: { glow: 0.1, vignette: 0.12 },
  }
}

interface Boat {
  readonly x: number
  readonly y: number
  readonly size: number
  readonly heel: number
  readonly livery: number
  readonly air: Colour
  readonly haze: number
}

function boat(sketch: Sketch, random: Random, { x, y, size, heel, livery, air, haze }: Boat): void {
  const hull = mix(
    random.pick([lch(0.97, 0.01, 90), lch(0.35, 0.1, 260), lch(0.5, 0.18, 28), lch(0.45, 0.08, 60)]),
    air,
    haze,
  )
  const cloth = random.chance(0.65) ? lch(0.97, 0.015, 95) : lch(0.68, 0.16, livery)
  const canvas = mix(cloth, air, haze * 0.6)
  const shade = mix(canvas, lch(0.45, 0.06, 260), 0.38)
  const main = sketch.linear(-110, 0, 8, 0, [
    [0, shade],
    [0.55, canvas],
    [1, shade],
  ])
  const jib = sketch.linear(0, 0, 110, 0, [
    [0, shade],
    [0.4, canvas],
    [1, mix(canvas, [255, 255, 255], 0.4)],
  ])
  const place = `translate(${n(x)} ${n(y)}) scale(${Math.round(size * 1000) / 1000})`
  sketch.group({ transform: `${place} scale(1 -0.55) skewX(${n(-heel)})`, opacity: 0.28 }, () => {
    sketch.path('M2 -300C-40 -200 -90 -110 -112 -34L2 -30ZM10 -280C50 -190 90 -110 118 -30L10 -34Z', {
      fill: canvas,
    })
    sketch.path('M-120 -22L128 -26Q112 6 80 10L-88 10Q-112 2 -120 -22Z', { fill: hull })
  })
  sketch.group({ transform: `${place} rotate(${n(heel)})` }, () => {
    sketch.path('M-120 -22L128 -26Q112 6 80 12L-88 12Q-112 2 -120 -22Z', {
      fill: sketch.linear(0, -26, 0, 12, [
        [0, mix(hull, [255, 255, 255], 0.3)],
        [1, mix(hull, [20, 30, 50], 0.45)],
      ]),
    })
    sketch.path('M-118 -16L126 -20L124 -14L-116 -10Z', { fill: mix(lch(0.5, 0.16, livery), air, haze) })
    sketch.path('M-50 -24Q-46 -36 -20 -36L34 -36Q48 -34 54 -25Z', { fill: mix([240, 236, 226], air, haze) })
    sketch.path('M2 -308L6 -308L7 -24L1 -24ZM-112 -36L4 -32L4 -28L-112 -32Z', {
      fill: mix([95, 72, 52], air, haze),
    })
    sketch.path('M2 -300C-22 -200 -70 -110 -112 -38Q-50 -28 2 -34Z', { fill: main })
    sketch.path('M-14 -240L1 -238M-37 -180L1 -176M-64 -122L1 -116M-92 -70L1 -64', {
      stroke: { ink: shade, width: 1.4 },
      opacity: 0.6,
    })
    if (random.chance(0.28)) {
      const bold = mix(lch(0.65, 0.2, livery + 40), air, haze)
      sketch.path('M8 -286C110 -260 168 -150 132 -40Q70 -70 12 -44Q52 -150 8 -286Z', {
        fill: sketch.radial(70, -190, 150, [
          [0, mix(bold, [255, 255, 255], 0.45)],
          [1, bold],
        ]),
      })
      sketch.path('M8 -286C80 -250 110 -150 92 -54L56 -56Q84 -150 8 -286Z', { fill: canvas, opacity: 0.8 })
    } else {
      sketch.path('M8 -282C30 -190 78 -96 122 -30Q60 -44 16 -40Q32 -150 8 -282Z', { fill: jib })
    }
  })
  sketch.path('M-130 6Q-60 -2 0 8T136 4Q80 22 0 20T-130 6ZM-150 12L-190 16L-140 19Z', {
    fill: [255, 255, 255],
    opacity: 0.6,
    transform: place,
  })
}
