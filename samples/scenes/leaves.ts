import type { Random } from '../../electron/shared/random.ts'
import { lch, mix } from '../drawing/colour.ts'
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

/** A leaf so close that its veins are the picture, with light from behind; on some lie drops. */
export const leaves: Scene = { name: 'leaves', months: [4, 10], hours: [8, 18], compose }

function compose(random: Random, { width, height }: Frame): Picture {
  const hue = random.pick([128, 120, 135, 112, 145, 100, 75, 40, 25, 160])
  const flesh = lch(random.between(0.5, 0.68), random.between(0.13, 0.18), hue)
  const dark = mix(flesh, lch(0.25, 0.08, hue + 20), 0.75)
  const lit = lch(0.86, 0.16, hue - 14)
  const vein = mix(lit, lch(0.93, 0.08, hue - 20), random.next())
  const turn = random.between(0, Math.PI * 2)
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)]
  const [centreX, centreY] = [width * random.between(0.35, 0.65), height * random.between(0.35, 0.65)]
  const spacing = random.between(80, 190)
  const slope = random.between(0.45, 1.1)
  const curve = random.between(-0.0009, 0.0016)
  const bend = random.between(-0.0005, 0.0005)
  const [driftX, driftY] = [random.next(), random.next()]
  const cell = random.between(17, 34)
  // some leaves fill the frame, of others the edge is in the picture
  const half = random.chance(0.5) ? 2000 : random.between(190, 380)
  const back = [lch(0.3, 0.06, hue + 10), lch(0.62, 0.1, hue - 5), lch(0.2, 0.04, hue + 30)]
  const [sunX, sunY, sun] = [width * random.next(), height * random.next(), random.between(0.15, 0.5)]
  const paint = (x: number, y: number, pixel: Pixel): void => {
    const along = (x - centreX) * cos + (y - centreY) * sin
    const across = (y - centreY) * cos - (x - centreX) * sin + bend * along * along
    const away = Math.abs(across)
    const side = across < 0 ? 0 : 0.5
    const place = (along - away * slope - curve * away * away) / spacing + side
    const rank = Math.floor(place)
    const inside = place - rank
    const edge = half * (1 - (along / 1500) ** 2) + 14 * Math.sin(place * 6.28)
    if (away > edge + 3) {
      ramp(pixel, back, cloudy(driftX + x / 3800, driftY + y / 3800))
      return
    }
    const puff = Math.sin(inside * Math.PI)
    const cloud = cloudy(driftX + along / 1500, driftY + across / 1500)
    set(pixel, dark)
    tint(pixel, flesh, 0.45 + 0.55 * puff * (0.6 + 0.4 * cloud))
    tint(pixel, lit, 0.34 * smoothstep(0.35, 0.9, cloud))
    const warp = cloudy(driftY + along / 260, driftX + across / 260) * 2.6
    const net = Math.min(
      Math.abs(Math.sin(along / cell + warp)),
      Math.abs(Math.sin(away / (cell * 0.8) + warp * 1.2)),
    )
    tint(pixel, vein, 0.24 * (1 - smoothstep(0, 0.16, net)))
    const distance = Math.min(inside, 1 - inside) * spacing * 0.75
    const thick = 2.6 + 4.5 * Math.exp(-away / 160)
    scale(pixel, 1 - 0.3 * Math.exp(-distance / (thick * 2.6)))
    tint(pixel, vein, 0.9 * (1 - smoothstep(thick * 0.4, thick, distance)))
    const rib = 11 - Math.min(6, Math.max(0, along) / 110)
    scale(pixel, 1 - 0.35 * Math.exp(-away / (rib * 2)))
    tint(pixel, vein, 0.95 * (1 - smoothstep(rib * 0.5, rib, away)))
    shine(pixel, lit, sun * Math.exp(-Math.hypot(x - sunX, y - sunY) / 300))
    if (away > edge - 3) tint(pixel, back[0]!, smoothstep(edge - 3, edge + 3, away))
  }
  const drops = new Sketch()
  if (random.chance(0.5)) {
    const size = random.between(6, 26)
    for (let i = random.int(8, 44); i > 0; i--) {
      const radius = size * Math.exp(random.gauss() * 0.5)
      drop(drops, width * random.next(), height * random.next(), Math.min(60, radius))
    }
  }
  return { ground: { paint, detail: 0.75 }, layers: [{ sketch: drops }], look: { glow: 0.12, vignette: 0.3 } }
}

function drop(sketch: Sketch, x: number, y: number, radius: number): void {
  sketch.ellipse(x + radius * 0.1, y + radius * 0.14, radius * 1.06, radius, {
    fill: [0, 20, 5],
    opacity: 0.3,
  })
  sketch.ellipse(x, y, radius, radius * 0.94, {
    fill: sketch.radial(x + radius * 0.25, y + radius * 0.35, radius * 1.3, [
      [0, [255, 255, 235], 0.6],
      [0.55, [255, 255, 255], 0.12],
      [0.85, [0, 30, 10], 0.3],
      [1, [255, 255, 255], 0.2],
    ]),
  })
  sketch.path(
    `M${n(x - radius * 0.62)} ${n(y - radius * 0.25)}Q${n(x - radius * 0.5)} ${n(y - radius * 0.7)} ${n(x)} ${n(y - radius * 0.7)}Q${n(x - radius * 0.4)} ${n(y - radius * 0.5)} ${n(x - radius * 0.62)} ${n(y - radius * 0.25)}Z`,
    { fill: [255, 255, 255], opacity: 0.9 },
  )
}
