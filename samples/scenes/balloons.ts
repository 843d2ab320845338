import type { Random } from '../../electron/shared/random.ts'
import { lch, mix, type Colour } from '../drawing/colour.ts'
import { cloudy, smoothstep } from '../drawing/noise.ts'
import { downTo, horizon, polygon } from '../drawing/paths.ts'
import { ramp, shine, tint, type Frame, type Picture, type Pixel, type Scene } from '../drawing/scene.ts'
import { n, Sketch } from '../drawing/sketch.ts'

/** Hot-air balloons over rolling land, early in the day. */
export const balloons: Scene = { name: 'balloons', months: [4, 10], hours: [6, 9], compose }

function compose(random: Random, { width, height }: Frame): Picture {
  const isDawn = random.chance(0.5)
  const sky = isDawn
    ? [
        lch(0.62, 0.08, random.between(240, 300)),
        lch(0.82, 0.08, random.between(10, 60)),
        lch(0.93, 0.07, 80),
      ]
    : [lch(0.58, 0.12, random.between(235, 255)), lch(0.76, 0.09, 235), lch(0.93, 0.03, 215)]
  const [driftX, driftY, cover] = [random.next(), random.next(), random.between(0.15, 0.55)]
  const line = height * random.between(0.72, 0.92)
  const white: Colour = isDawn ? lch(0.94, 0.05, 60) : [255, 255, 255]
  const [sunX, sunY] = [width * random.next(), height * random.between(0.1, 0.8)]
  const paint = (x: number, y: number, pixel: Pixel): void => {
    ramp(pixel, sky, y / line)
    const cloud = cloudy(driftX + x / 1900, driftY + y / 900)
    tint(pixel, white, 0.85 * smoothstep(1 - cover, 1.5 - cover, cloud))
    shine(pixel, white, 0.25 * Math.exp(-Math.hypot(x - sunX, y - sunY) / 220))
  }
  const land = new Sketch()
  const hue = random.pick([130, 120, 145, 60, 45, 100])
  const ranges = random.int(2, 4)
  for (let i = 0; i < ranges; i++) {
    const t = (i + 1) / ranges
    const colour = mix(sky[2]!, lch(isDawn ? 0.38 : 0.5, 0.08, hue), 0.3 + 0.7 * t)
    const y = line + (height - line) * (t - 1 / ranges)
    land.path(polygon(downTo(horizon(random, { width, y, swing: 34, roughness: 0.42 }), height + 5)), {
      fill: land.linear(0, y - 40, 0, height, [
        [0, colour],
        [1, mix(colour, sky[1]!, 0.25)],
      ]),
    })
  }
  const air = new Sketch()
  const big = random.pick([1, 1, 2, 2, 3])
  const count = big + random.int(0, 9)
  const spots: { x: number; y: number; size: number }[] = []
  for (let i = 0, tries = 0; i < count && tries < 60; tries++) {
    const size =
      i < big
        ? (random.between(0.17, 0.33) * Math.min(width, height)) / Math.sqrt(big)
        : random.between(12, 46)
    const spot = {
      x: width * random.between(0.06, 0.94),
      y: random.between(size * 0.9, line - size * 1.7),
      size,
    }
    if (spots.some(other => Math.hypot(other.x - spot.x, other.y - spot.y) < (other.size + size) * 1.15))
      continue
    spots.push(spot)
    i++
  }
  for (const { x, y, size } of spots.sort((a, b) => a.size - b.size)) {
    const haze = size < 46 ? 0.32 * (1 - size / 60) : 0
    air.group(
      {
        transform: `translate(${n(x)} ${n(y)}) scale(${Math.round(size * 10) / 1000}) rotate(${n(random.between(-4, 4))})`,
      },
      () => balloon(air, random, { haze, air: sky[1]!, isSmall: size < 30 }),
    )
  }
  return { ground: { paint, detail: 0.25 }, layers: [{ sketch: land }, { sketch: air }], look: { glow: 0.1 } }
}

/** One balloon, its envelope of radius 100 around the origin. */
function balloon(
  sketch: Sketch,
  random: Random,
  { haze, air, isSmall }: { haze: number; air: Colour; isSmall: boolean },
): void {
  const base = random.between(0, 360)
  const palette = random
    .pick([
      [lch(0.62, 0.22, 28), lch(0.85, 0.16, 88)],
      [lch(0.96, 0.02, 90), lch(0.6, 0.21, 25), lch(0.5, 0.15, 260)],
      [
        lch(0.65, 0.21, 28),
        lch(0.78, 0.17, 65),
        lch(0.87, 0.16, 95),
        lch(0.68, 0.17, 145),
        lch(0.58, 0.16, 250),
        lch(0.5, 0.18, 300),
      ],
      [lch(0.6, 0.17, base), lch(0.9, 0.07, base + 30)],
      [lch(0.7, 0.15, base), lch(0.55, 0.17, base + 70), lch(0.85, 0.12, base + 150)],
    ])
    .map(colour => mix(colour, air, haze))
  const outline = (share: number): string =>
    `M0 -100C${n(-58 * share)} -100 ${n(-102 * share)} -56 ${n(-102 * share)} -4C${n(-102 * share)} 52 ${n(-44 * share)} 92 ${n(-22 * share)} 142` +
    `L${n(22 * share)} 142C${n(44 * share)} 92 ${n(102 * share)} 52 ${n(102 * share)} -4C${n(102 * share)} -56 ${n(58 * share)} -100 0 -100Z`
  const gores = isSmall ? 4 : 7
  const hasBands = random.chance(0.35)
  const paintGores = (): void => {
    for (let i = 0; i < gores; i++) {
      const share = Math.sin(((gores - i - 0.35) / gores) * (Math.PI / 2))
      sketch.path(outline(share), { fill: palette[i % palette.length]! })
    }
  }
  const paintBands = (): void => {
    const count = random.int(5, 9)
    for (let i = 0; i < count; i++) {
      const y = -104 + (i * 250) / count
      sketch.path(`M-110 ${n(y)}Q0 ${n(y + 34)} 110 ${n(y)}V150H-110Z`, {
        fill: palette[i % palette.length]!,
      })
    }
  }
  sketch.path(outline(1), { fill: palette[0]! })
  if (hasBands) sketch.clipped(outline(1), paintBands)
  else paintGores()
  if (!hasBands && random.chance(0.4)) {
    sketch.clipped(outline(1), () =>
      sketch.path('M-110 -6Q0 34 110 -6V26Q0 66 -110 26Z', { fill: palette.at(-1)!, opacity: 0.92 }),
    )
  }
  let seams = ''
  for (let i = 1; i < gores; i++) seams += outline(Math.sin((i / gores) * (Math.PI / 2)))
  if (!isSmall) sketch.path(seams, { stroke: { ink: [30, 20, 40], width: 0.8 }, opacity: 0.3 })
  const shade = sketch.radial(-34, -42, 190, [
    [0, [255, 255, 255], 0.42],
    [0.3, [255, 255, 255], 0.05],
    [0.55, [30, 10, 50], 0.1],
    [1, [20, 5, 45], 0.62],
  ])
  sketch.path(outline(1), { fill: shade })
  const rope = mix([70, 55, 45], air, haze)
  sketch.path('M-20 142L-12 178M20 142L12 178M-7 142L-5 178M7 142L5 178', {
    stroke: { ink: rope, width: 1.6 },
  })
  sketch.path('M-22 142Q0 150 22 142L17 152Q0 158 -17 152Z', { fill: mix(palette[0]!, [20, 10, 10], 0.4) })
  sketch.rect(-14, 177, 28, 22, {
    fill: sketch.linear(-14, 0, 14, 0, [
      [0, mix([165, 110, 60], air, haze)],
      [1, mix([95, 58, 30], air, haze)],
    ]),
    round: 4,
  })
}
