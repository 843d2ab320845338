import { Random } from '../../electron/shared/random.ts'
import { lch, mix, type Colour } from '../drawing/colour.ts'
import { cloudy, smoothstep } from '../drawing/noise.ts'
import { box, dot } from '../drawing/paths.ts'
import { ramp, scale, set, tint, type Frame, type Picture, type Pixel, type Scene } from '../drawing/scene.ts'
import { n, Sketch } from '../drawing/sketch.ts'

/** A row of coloured gabled houses along a canal or a street. */
export const canalHouses: Scene = { name: 'canal-houses', months: [3, 11], hours: [9, 20], compose }

function compose(random: Random, { width, height }: Frame): Picture {
  const isDusk = random.chance(0.3)
  const hasWater = random.chance(0.65)
  const base = height * (hasWater ? random.between(0.68, 0.8) : random.between(0.84, 0.93))
  const sky = isDusk
    ? [lch(0.32, 0.09, 275), lch(0.5, 0.1, 310), lch(0.74, 0.12, 50)]
    : random.pick([
        [lch(0.66, 0.11, 240), lch(0.82, 0.06, 230), lch(0.95, 0.02, 210)],
        [lch(0.8, 0.02, 250), lch(0.88, 0.02, 240), lch(0.93, 0.02, 90)],
        [lch(0.74, 0.07, 250), lch(0.86, 0.07, 60), lch(0.93, 0.06, 80)],
      ])
  const [driftX, driftY, cover] = [random.next(), random.next(), random.between(0.2, 0.6)]
  const quay = isDusk ? lch(0.25, 0.03, 280) : lch(0.55, 0.02, 70)
  const canal = isDusk ? lch(0.2, 0.06, 270) : lch(0.45, 0.05, random.pick([180, 220, 140]))
  const white = mix(sky[2]!, [255, 255, 255], 0.5)
  const paint = (x: number, y: number, pixel: Pixel): void => {
    if (y > base && !hasWater) {
      set(pixel, quay)
      scale(pixel, 0.85 + 0.3 * cloudy(driftX + x / 300, driftY + y / 60))
      return
    }
    const at = y > base ? 2 * base - y : y
    ramp(pixel, sky, at / base)
    tint(pixel, white, 0.8 * smoothstep(1 - cover, 1.4 - cover, cloudy(driftX + x / 1600, driftY + at / 800)))
    if (y > base) tint(pixel, canal, 0.45)
  }
  const palette = random.pick([
    [25, 60, 85, 240],
    [30, 45, 20, 60],
    [200, 350, 90, 150],
    [10, 75, 170, 260],
    [40, 80, 120, 220],
  ])
  const row = new Sketch()
  const mirror = new Sketch()
  const pitch = Math.min(width, height) * random.between(0.14, 0.25)
  // a layer is a document of its own, so the reflection is the same row drawn again
  const seed = random.next()
  drawRow(row, new Random(seed), { width, base, pitch, palette, isDusk })
  if (hasWater) {
    mirror.group({ transform: `translate(0 ${n(2 * base + 10)}) scale(1 -1)`, opacity: 0.62 }, () =>
      drawRow(mirror, new Random(seed), { width, base, pitch, palette, isDusk }),
    )
  }
  const ripples = new Sketch()
  if (hasWater) {
    ripples.rect(-5, base - 2, width + 10, 12, { fill: mix(quay, [20, 20, 25], 0.2) })
    let dark = ''
    let pale = ''
    for (let i = 0; i < 150; i++) {
      const depth = random.next() ** 1.3
      const long = 14 + 80 * depth
      const piece = dot(
        width * random.next(),
        base + 14 + (height - base) * depth,
        long / 2,
        0.7 + depth * 1.9,
      )
      if (i % 2) dark += piece
      else pale += piece
    }
    ripples.path(dark, { fill: canal, opacity: 0.5 })
    ripples.path(pale, { fill: sky[2]!, opacity: 0.28 })
  }
  const street = new Sketch()
  furnish(street, random, { width, height: base, isDusk })
  return {
    ground: { paint, detail: 0.3 },
    layers: [{ sketch: row }, { sketch: mirror, blur: 2.2 }, { sketch: ripples }, { sketch: street }],
    look: { glow: isDusk ? 0.3 : 0.08, vignette: 0.2 },
  }
}

interface Row {
  readonly width: number
  readonly base: number
  readonly pitch: number
  readonly palette: readonly number[]
  readonly isDusk: boolean
}

function drawRow(sketch: Sketch, random: Random, { width, base, pitch, palette, isDusk }: Row): void {
  for (let x = -pitch * random.next(); x < width;) {
    const wide = pitch * random.between(0.78, 1.25)
    const hue = random.pick(palette) + random.between(-10, 10)
    const wall = random.chance(0.12)
      ? lch(0.93, 0.02, 85)
      : lch(random.between(0.48, 0.78), random.between(0.05, 0.13), hue)
    const tall = base * random.between(0.5, 0.82)
    house(sketch, random, {
      x,
      wide,
      tall,
      base,
      isDusk,
      wall: isDusk ? mix(wall, lch(0.28, 0.07, 285), 0.55) : wall,
    })
    x += wide
  }
}

interface House {
  readonly x: number
  readonly wide: number
  readonly tall: number
  readonly base: number
  readonly wall: Colour
  readonly isDusk: boolean
}

function house(sketch: Sketch, random: Random, { x, wide, tall, base, wall, isDusk }: House): void {
  const eaves = base - tall
  const gable = wide * random.between(0.45, 0.75)
  const trim = isDusk ? mix(lch(0.95, 0.01, 90), lch(0.4, 0.06, 285), 0.5) : lch(0.96, 0.01, 90)
  const middle = x + wide / 2
  const outline = random.pick([steps, neck, point, round])(x, wide, eaves, gable)
  sketch.path(`${outline}V${n(base)}H${n(x)}Z`, {
    fill: sketch.linear(x, 0, x + wide, 0, [
      [0, mix(wall, [255, 255, 255], 0.12)],
      [1, mix(wall, [20, 10, 30], 0.16)],
    ]),
  })
  sketch.path(outline, { stroke: { ink: trim, width: 4 } })
  sketch.rect(x + wide - 2.5, eaves, 2.5, tall, { fill: [20, 15, 25], opacity: 0.3 })
  const columns = random.int(2, 3)
  const floors = Math.max(2, Math.round(tall / (wide * random.between(0.48, 0.6))))
  const floor = tall / floors
  const [paneWide, paneTall] = [(wide / columns) * 0.54, floor * 0.62]
  const glass = lch(0.38, 0.04, 240)
  const lamp = lch(0.86, 0.13, 78)
  let frames = ''
  let dim = ''
  let lit = ''
  let bars = ''
  const pane = (at: number, y: number, w: number, h: number): void => {
    frames += box(at - 3, y - 3, w + 6, h + 6)
    if (random.chance(isDusk ? 0.6 : 0.04)) lit += box(at, y, w, h)
    else dim += box(at, y, w, h)
    bars += box(at + w / 2 - 0.8, y, 1.6, h) + box(at, y + h * 0.4, w, 1.6)
  }
  for (let level = 0; level < floors; level++) {
    const y = eaves + floor * level + floor * 0.2
    for (let column = 0; column < columns; column++) {
      const at = x + (wide / columns) * (column + 0.5) - paneWide / 2
      const isDoor = level === floors - 1 && column === (Math.floor(x) & 1)
      if (!isDoor) pane(at, y, paneWide, paneTall)
      else {
        sketch.path(box(at - 3, y - 3, paneWide + 6, base - y + 3), { fill: trim })
        sketch.rect(at, y + 12, paneWide, base - y - 12, {
          fill: mix(lch(0.4, 0.1, random.pick([140, 260, 25, 60])), [20, 20, 30], isDusk ? 0.5 : 0.1),
        })
      }
    }
  }
  pane(middle - paneWide * 0.4, eaves - gable * 0.32, paneWide * 0.8, gable * 0.34)
  sketch.path(frames, { fill: trim, opacity: 0.95 })
  sketch.path(dim, {
    fill: sketch.linear(0, eaves, 0, base, [
      [0, mix(glass, [200, 220, 240], 0.35)],
      [1, glass],
    ]),
  })
  sketch.path(lit, { fill: lamp })
  sketch.path(bars, { fill: trim })
}

type Gable = (x: number, wide: number, eaves: number, gable: number) => string

const steps: Gable = (x, wide, eaves, gable) => {
  const up = gable / 4
  const treads = [0.1, 0.1, 0.1, 0.4, 0.1, 0.1, 0.1]
  const rises = [0, -up, -up, -up, up, up, up]
  return `M${n(x)} ${n(eaves)}` + treads.map((tread, i) => `v${n(rises[i]!)}h${n(tread * wide)}`).join('')
}

const point: Gable = (x, wide, eaves, gable) =>
  `M${n(x)} ${n(eaves)}L${n(x + wide / 2)} ${n(eaves - gable)}L${n(x + wide)} ${n(eaves)}`

const neck: Gable = (x, wide, eaves, gable) =>
  `M${n(x)} ${n(eaves)}Q${n(x + wide * 0.26)} ${n(eaves)} ${n(x + wide * 0.27)} ${n(eaves - gable * 0.8)}L${n(x + wide / 2)} ${n(eaves - gable)}` +
  `L${n(x + wide * 0.73)} ${n(eaves - gable * 0.8)}Q${n(x + wide * 0.74)} ${n(eaves)} ${n(x + wide)} ${n(eaves)}`

const round: Gable = (x, wide, eaves, gable) =>
  `M${n(x)} ${n(eaves)}Q${n(x + wide * 0.02)} ${n(eaves - gable * 0.4)} ${n(x + wide * 0.22)} ${n(eaves - gable * 0.45)}Q${n(x + wide * 0.24)} ${n(eaves - gable)} ${n(x + wide / 2)} ${n(eaves - gable)}` +
  `Q${n(x + wide * 0.76)} ${n(eaves - gable)} ${n(x + wide * 0.78)} ${n(eaves - gable * 0.45)}Q${n(x + wide * 0.98)} ${n(eaves - gable * 0.4)} ${n(x + wide)} ${n(eaves)}`

/** Lamps and trees along the quay. */
function furnish(
  sketch: Sketch,
  random: Random,
  { width, height, isDusk }: Frame & { isDusk: boolean },
): void {
  const iron = lch(0.2, 0.02, 200)
  const warm = lch(0.93, 0.1, 85)
  const gap = random.between(170, 380)
  const size = random.between(0.7, 1.2)
  const hasTrees = random.chance(0.5)
  for (let x = random.between(20, gap); x < width; x += gap) {
    if (hasTrees && random.chance(0.7)) {
      const green = isDusk
        ? lch(0.27, 0.05, 150)
        : lch(random.between(0.45, 0.6), 0.12, random.pick([125, 135, 60]))
      sketch.path(box(x - 4, height - 90 * size, 8, 92 * size), { fill: lch(0.28, 0.03, 50) })
      const tones = [mix(green, [10, 20, 20], 0.35), green, mix(green, [255, 255, 190], 0.22)]
      tones.forEach((fill, i) => {
        const leaves = Array.from({ length: 26 }, () =>
          dot(
            x + random.gauss() * 22 * size - i * 5,
            height - (112 + i * 7 + random.gauss() * 22) * size,
            random.between(7, 15) * size,
          ),
        )
        sketch.path(leaves.join(''), { fill })
      })
      continue
    }
    const top = height - 120 * size
    if (isDusk)
      sketch.circle(x, top, 60 * size, {
        fill: sketch.radial(x, top, 60 * size, [
          [0, warm, 0.6],
          [1, warm, 0],
        ]),
      })
    sketch.path(box(x - 2, top, 4, 122 * size) + box(x - 6, height - 12, 12, 13), { fill: iron })
    sketch.path(
      `M${n(x - 8)} ${n(top - 18)}L${n(x + 8)} ${n(top - 18)}L${n(x + 5)} ${n(top)}L${n(x - 5)} ${n(top)}Z`,
      { fill: isDusk ? warm : lch(0.85, 0.02, 200) },
    )
    sketch.path(`M${n(x - 10)} ${n(top - 18)}L${n(x)} ${n(top - 27)}L${n(x + 10)} ${n(top - 18)}Z`, {
      fill: iron,
    })
  }
}
