import type { Random } from '../../electron/shared/random.ts'
import { lch, mix, type Colour } from '../drawing/colour.ts'
import { cloudy, smoothstep } from '../drawing/noise.ts'
import { blob, dot } from '../drawing/paths.ts'
import { scale, set, tint, type Frame, type Picture, type Pixel, type Scene } from '../drawing/scene.ts'
import { n, Sketch } from '../drawing/sketch.ts'

/** A cup of coffee from above, with what lies around it. */
export const coffee: Scene = { name: 'coffee', months: [1, 12], hours: [7, 16], compose }

function compose(random: Random, { width, height }: Frame): Picture {
  const wood = lch(random.between(0.38, 0.72), random.between(0.04, 0.09), random.between(50, 75))
  const plank = random.between(90, 220)
  const isUpright = random.chance(0.4)
  const [driftX, driftY] = [random.next(), random.next()]
  const isWood = random.chance(0.75)
  const cloth = random.pick([
    lch(0.92, 0.01, 90),
    lch(0.4, 0.03, 250),
    lch(0.8, 0.05, 190),
    lch(0.82, 0.05, 20),
  ])
  const paint = (x: number, y: number, pixel: Pixel): void => {
    if (!isWood) {
      set(pixel, cloth)
      scale(pixel, 0.97 + 0.1 * cloudy(driftX + x / 500, driftY + y / 500) - 0.08 * (y / height))
      return
    }
    const [along, across] = isUpright ? [y, x] : [x, y]
    const board = Math.floor(across / plank)
    const inside = across / plank - board
    const own = cloudy(board * 0.37 + driftX, board * 0.61)
    set(pixel, wood)
    const bend = cloudy(along / 2400 + own * 7, across / 900 + own)
    const fibre = cloudy(along / 5200 + own * 3, across / 230 + own * 5 + bend * 0.22)
    scale(pixel, 0.78 + own * 0.22 + (fibre - 0.5) * 0.42 + 0.06 * Math.sin(across * 0.22 + bend * 26))
    tint(pixel, [25, 14, 8], 0.75 * (1 - smoothstep(0, 0.022, Math.min(inside, 1 - inside))))
  }
  const radius = Math.min(width, height) * random.between(0.17, 0.33)
  const [x, y] = [width * random.between(0.34, 0.66), height * random.between(0.38, 0.62)]
  const shadows = new Sketch()
  const things = new Sketch()
  const china = random.chance(0.6)
    ? lch(0.97, 0.01, 85)
    : lch(random.between(0.45, 0.85), random.between(0.04, 0.1), random.int(0, 359))
  extras(things, shadows, random, { x, y, radius, width, height })
  if (random.chance(0.78)) saucer(things, shadows, { x, y, radius: radius * 1.55, china })
  const turn = random.int(0, 359)
  shadows.circle(x + radius * 0.16, y + radius * 0.2, radius * 1.05, { fill: [20, 10, 5], opacity: 0.5 })
  const cup = new Sketch()
  cup.circle(x + radius * 0.1, y + radius * 0.12, radius * 1.04, {
    fill: cup.radial(x + radius * 0.1, y + radius * 0.12, radius * 1.1, [
      [0.75, [20, 10, 5], 0.42],
      [1, [20, 10, 5], 0],
    ]),
  })
  cup.group({ transform: `translate(${n(x)} ${n(y)}) scale(${Math.round(radius * 10) / 1000})` }, () => {
    cup.group({ transform: `rotate(${turn})` }, () => {
      cup.path('M90 -20Q150 -34 156 0Q150 34 90 20', {
        stroke: { ink: mix(china, [30, 20, 20], 0.22), width: 17 },
      })
      cup.path('M90 -20Q146 -32 152 -2', { stroke: { ink: mix(china, [255, 255, 255], 0.5), width: 6 } })
    })
    cup.circle(0, 0, 100, {
      fill: cup.linear(-80, -80, 80, 80, [
        [0, mix(china, [255, 255, 255], 0.65)],
        [1, mix(china, [40, 30, 40], 0.25)],
      ]),
    })
    cup.circle(0, 0, 92, {
      fill: cup.linear(-70, -70, 70, 70, [
        [0, mix(china, [40, 30, 40], 0.38)],
        [1, mix(china, [255, 255, 255], 0.4)],
      ]),
    })
    drink(cup, random)
  })
  return {
    ground: { paint, detail: 0.6 },
    layers: [{ sketch: shadows, blur: 9 }, { sketch: things }, { sketch: cup }],
    look: { glow: 0.08, vignette: 0.35 },
  }
}

function saucer(
  sketch: Sketch,
  shadows: Sketch,
  { x, y, radius, china }: { x: number; y: number; radius: number; china: Colour },
): void {
  shadows.circle(x + radius * 0.07, y + radius * 0.1, radius * 1.01, { fill: [20, 10, 5], opacity: 0.6 })
  const pale = mix(china, [255, 255, 255], 0.35)
  const dim = mix(china, [50, 40, 50], 0.18)
  sketch.circle(x, y, radius, {
    fill: sketch.linear(x - radius, y - radius, x + radius, y + radius, [
      [0, pale],
      [1, dim],
    ]),
  })
  sketch.circle(x, y, radius * 0.93, {
    fill: sketch.radial(x, y, radius * 0.93, [
      [0.5, dim],
      [0.74, china],
      [0.76, pale],
      [1, china],
    ]),
  })
}

/** The surface in a cup of radius 100: black, or with a figure poured in milk. */
function drink(sketch: Sketch, random: Random): void {
  const brew = lch(random.between(0.26, 0.4), 0.06, 50)
  const crema = lch(random.between(0.52, 0.66), 0.1, 62)
  const milk = lch(0.94, 0.03, 80)
  const figure = random.pick(['heart', 'rosetta', 'tulip', 'black', 'swirl'])
  const isBlack = figure === 'black'
  sketch.circle(3, 3, 87, {
    fill: sketch.radial(
      6,
      8,
      90,
      isBlack
        ? [
            [0, mix(brew, [0, 0, 0], 0.35)],
            [0.75, brew],
            [0.93, crema],
            [1, mix(crema, brew, 0.5)],
          ]
        : [
            [0, crema],
            [0.7, crema],
            [1, mix(crema, brew, 0.75)],
          ],
    ),
  })
  sketch.group({ transform: `rotate(${random.int(-60, 60)}) scale(${random.int(85, 108) / 100})` }, () => {
    if (figure === 'heart') {
      sketch.path(
        'M0 62C-30 34 -62 10 -58 -22C-54 -52 -14 -54 0 -26C14 -54 54 -52 58 -22C62 10 30 34 0 62Z',
        { fill: milk },
      )
      sketch.path('M0 34C-16 20 -34 4 -31 -12C-28 -28 -8 -26 0 -12C8 -26 28 -28 31 -12C34 4 16 20 0 34Z', {
        stroke: { ink: crema, width: 5 },
        opacity: 0.8,
      })
    } else if (figure === 'rosetta') {
      for (let i = 0; i < 6; i++) {
        const [y, reach] = [42 - i * 19, 56 - Math.abs(i - 1.5) * 8]
        sketch.path(
          `M0 ${n(y + 14)}Q${n(-reach)} ${n(y)} ${n(-reach * 0.8)} ${n(y - 22)}Q${n(-reach * 0.3)} ${n(y - 2)} 0 ${n(y)}Q${n(reach * 0.3)} ${n(y - 2)} ${n(reach * 0.8)} ${n(y - 22)}Q${n(reach)} ${n(y)} 0 ${n(y + 14)}Z`,
          { fill: milk },
        )
      }
      sketch.path('M0 70L0 -66', { stroke: { ink: milk, width: 6 } })
    } else if (figure === 'tulip') {
      for (let i = 0; i < 3; i++) {
        const [y, reach] = [38 - i * 34, 54 - i * 8]
        sketch.path(
          `M0 ${n(y + 20)}C${n(-reach)} ${n(y + 12)} ${n(-reach)} ${n(y - 20)} ${n(-reach * 0.4)} ${n(y - 20)}Q0 ${n(y - 18)} 0 ${n(y - 4)}Q0 ${n(y - 18)} ${n(reach * 0.4)} ${n(y - 20)}C${n(reach)} ${n(y - 20)} ${n(reach)} ${n(y + 12)} 0 ${n(y + 20)}Z`,
          { fill: milk },
        )
      }
    } else if (figure === 'swirl') {
      let d = 'M4 0'
      for (let t = 0.3; t < 13; t += 0.3) d += `L${n(Math.cos(t) * t * 5.3)} ${n(Math.sin(t) * t * 5.3)}`
      sketch.path(d, { stroke: { ink: milk, width: 9 }, opacity: 0.9 })
    } else {
      sketch.path(
        Array.from({ length: 22 }, () =>
          dot(random.gauss() * 30, random.gauss() * 30 - 20, random.between(1, 4.5)),
        ).join(''),
        { stroke: { ink: crema, width: 1.4 }, opacity: 0.7 },
      )
    }
  })
  sketch.path('M-66 -38Q-40 -76 6 -74Q-36 -62 -66 -38Z', { fill: [255, 255, 255], opacity: 0.3 })
}

interface Table extends Frame {
  readonly x: number
  readonly y: number
  readonly radius: number
}

/** Beans, biscuits, a spoon, a napkin, a sprig: never all of it. */
function extras(
  sketch: Sketch,
  shadows: Sketch,
  random: Random,
  { x, y, radius, width, height }: Table,
): void {
  const away = (reach: number): readonly [number, number] => {
    const angle = random.between(0, 6.28)
    return [x + Math.cos(angle) * reach * random.between(1, 1.3), y + Math.sin(angle) * reach]
  }
  if (random.chance(0.35)) {
    const tone = lch(random.between(0.6, 0.92), random.between(0.02, 0.1), random.int(0, 359))
    const side = radius * random.between(2.6, 3.6)
    const place = `translate(${n(x + random.between(-0.6, 0.6) * radius)} ${n(y + random.between(-0.6, 0.6) * radius)}) rotate(${random.int(0, 89)})`
    shadows.rect(-side / 2 + 6, -side / 2 + 8, side, side, {
      fill: [20, 10, 5],
      opacity: 0.4,
      transform: place,
    })
    sketch.rect(-side / 2, -side / 2, side, side, { fill: tone, transform: place, round: 3 })
    let stripes = ''
    for (let i = 0; i < 5; i++)
      stripes += `M${n(-side / 2)} ${n(-side / 2 + 12 + i * 9)}h${n(side)}M${n(-side / 2)} ${n(side / 2 - 12 - i * 9)}h${n(side)}`
    sketch.path(stripes, { stroke: { ink: mix(tone, [60, 40, 60], 0.4), width: 3 }, transform: place })
  }
  if (random.chance(0.55)) {
    const [bx, by] = away(radius * 2.1)
    const bean = sketch.define(() => {
      sketch.ellipse(0, 0, 13, 9, {
        fill: sketch.radial(-4, -3, 15, [
          [0, lch(0.48, 0.06, 50)],
          [1, lch(0.22, 0.04, 45)],
        ]),
      })
      sketch.path('M-12 0Q-4 -5 0 0T12 0', { stroke: { ink: lch(0.14, 0.02, 45), width: 2 } })
    })
    for (let i = random.int(8, 46); i > 0; i--) {
      const [px, py] = [bx + random.gauss() * radius * 0.5, by + random.gauss() * radius * 0.42]
      shadows.circle(px + 4, py + 5, 10, { fill: [20, 10, 5], opacity: 0.6 })
      sketch.stamp(
        bean,
        `translate(${n(px)} ${n(py)}) rotate(${random.int(0, 359)}) scale(${n(radius * 0.07) / 10})`,
      )
    }
  }
  if (random.chance(0.5)) {
    for (let i = random.int(1, 4); i > 0; i--) {
      const [cx, cy] = away(radius * random.between(1.9, 2.3))
      const size = radius * random.between(0.3, 0.42)
      const dough = lch(random.between(0.62, 0.76), 0.1, 68)
      shadows.circle(cx + 6, cy + 8, size, { fill: [20, 10, 5], opacity: 0.6 })
      sketch.path(blob(random, cx, cy, size, 0.05), {
        fill: sketch.radial(cx - size * 0.2, cy - size * 0.2, size * 1.2, [
          [0, mix(dough, [255, 240, 200], 0.35)],
          [0.7, dough],
          [1, mix(dough, [90, 45, 10], 0.6)],
        ]),
      })
      const chips = Array.from({ length: 9 }, () =>
        dot(
          cx + random.gauss() * size * 0.4,
          cy + random.gauss() * size * 0.4,
          size * random.between(0.07, 0.13),
        ),
      )
      sketch.path(chips.join(''), { fill: lch(0.27, 0.04, 40) })
    }
  }
  if (random.chance(0.5)) {
    const [sx, sy] = [
      x + radius * random.between(1.2, 1.7) * (random.chance(0.5) ? 1 : -1),
      y + radius * random.between(-0.4, 0.4),
    ]
    const place = `translate(${n(sx)} ${n(sy)}) rotate(${random.int(-25, 25)}) scale(${Math.round(radius * 10) / 1000})`
    const spoon =
      'M-14 -92C-14 -126 14 -126 14 -92C14 -72 6 -64 4 -54L7 88Q0 102 -7 88L-4 -54C-6 -64 -14 -72 -14 -92Z'
    shadows.path(spoon, { fill: [20, 10, 5], opacity: 0.5, transform: `translate(6 9) ${place}` })
    sketch.path(spoon, {
      fill: sketch.linear(-14, 0, 14, 0, [
        [0, [245, 245, 248]],
        [0.5, [150, 152, 160]],
        [1, [232, 232, 236]],
      ]),
      transform: place,
    })
  }
  if (random.chance(0.4)) {
    const [lx, ly] = [width * random.pick([0.05, 0.95]), height * random.pick([0.08, 0.92])]
    const tone = lch(random.between(0.42, 0.6), 0.09, random.between(125, 165))
    for (let i = 0; i < 9; i++) {
      const place = `translate(${n(lx)} ${n(ly)}) rotate(${random.int(0, 359)})`
      const long = radius * random.between(0.7, 1.2)
      const leaf = `M0 0Q${n(long * 0.5)} ${n(-long * 0.24)} ${n(long)} 0Q${n(long * 0.5)} ${n(long * 0.24)} 0 0Z`
      shadows.path(leaf, { fill: [20, 10, 5], opacity: 0.4, transform: `translate(6 8) ${place}` })
      sketch.path(leaf, { fill: mix(tone, [235, 255, 210], random.between(0, 0.3)), transform: place })
      sketch.path(`M0 0H${n(long)}`, {
        stroke: { ink: mix(tone, [235, 255, 210], 0.5), width: 1.6 },
        transform: place,
      })
    }
  }
}
