import {
  blurred,
  box,
  disc,
  glow,
  hsl,
  path,
  ridge,
  sky,
  times,
  turned,
  type Draw,
  type Scene,
} from './scene.ts'

const stars = ({ width, height, random }: Scene, count: number, to = 1): string =>
  times(count, () =>
    disc(
      random.between(0, width),
      random.between(0, height * to),
      random.between(0.4, 1.6),
      hsl(50, 40, 92, random.between(0.3, 1)),
    ),
  )

export const sunset: Draw = scene => {
  const { width, height, random } = scene
  const horizon = height * random.between(0.5, 0.72)
  const hue = random.between(-12, 38)
  const x = width * random.between(0.2, 0.8)
  const y = horizon - height * random.between(-0.02, 0.22)
  const radius = height * random.between(0.05, 0.12)
  const clouds = times(random.int(3, 9), () => {
    const [cx, cy] = [random.between(0, width), random.between(height * 0.08, horizon * 0.9)]
    return `<ellipse cx="${cx}" cy="${cy}" rx="${width * random.between(0.08, 0.3)}" ry="${height * random.between(0.006, 0.022)}" fill="${hsl(hue + random.between(-20, 10), 70, random.between(45, 75), 0.45)}"/>`
  })
  const glitter = times(46, i => {
    const depth = i / 46
    const spread = radius * (0.5 + depth * 2.2)
    return box(
      x + random.gauss() * spread * 0.5,
      horizon + depth ** 1.3 * (height - horizon),
      radius * random.between(0.2, 1),
      1 + depth * 3.5,
      hsl(hue + 15, 95, 75, 0.55),
      1,
    )
  })
  return (
    sky(
      scene,
      [
        hsl(hue + 215, 45, random.between(22, 40)),
        hsl(hue - 25, 55, 52),
        hsl(hue + 8, 88, 62),
        hsl(hue + 25, 95, 72),
      ],
      horizon / height,
    ) +
    glow(x, y, radius * 4.5, hsl(hue + 25, 100, 78, 0.8), hsl(hue + 15, 100, 70, 0)) +
    disc(x, y, radius, hsl(hue + 28, 100, 86)) +
    blurred(clouds, height * 0.012) +
    `<g transform="translate(0 ${horizon})">${sky({ ...scene, height: height - horizon }, [hsl(hue + 5, 70, 50), hsl(hue - 30, 45, 32), hsl(hue + 215, 50, 18)])}</g>` +
    glitter +
    (random.chance(0.5)
      ? ridge(scene, horizon - height * 0.01, height * 0.03, 0.6, hsl(hue + 230, 35, 16))
          .replace(`M0 ${height}`, `M0 ${horizon + 2}`)
          .replace(`L${width} ${height}Z`, `L${width} ${horizon + 2}Z`)
      : '')
  )
}

export const mountains: Draw = scene => {
  const { width, height, random } = scene
  const hue = random.between(190, 250)
  const light = random.between(0, 14)
  const layers = random.int(4, 7)
  const top = random.between(0.28, 0.45)
  const ranges = times(layers, i => {
    const depth = i / (layers - 1)
    const shade = hsl(hue + depth * random.between(-30, 30), 18 + depth * 26, 72 + light - depth * 56)
    return ridge(
      scene,
      height * (top + depth * (0.92 - top)),
      height * (0.2 - depth * 0.08),
      random.between(0.5, 0.58),
      shade,
    )
  })
  const mist = times(
    4,
    () =>
      `<ellipse cx="${random.between(0, width)}" cy="${height * random.between(0.45, 0.9)}" rx="${width * 0.5}" ry="${height * 0.03}" fill="${hsl(hue, 20, 94, 0.35)}"/>`,
  )
  return (
    sky(scene, [hsl(hue - 5, 50, 60 + light), hsl(hue - 15, 45, 80), hsl(random.between(20, 50), 60, 90)]) +
    (random.chance(0.5)
      ? glow(
          width * random.between(0.1, 0.9),
          height * 0.2,
          height * 0.2,
          hsl(45, 90, 95),
          hsl(45, 80, 90, 0),
        )
      : '') +
    ranges +
    blurred(mist, height * 0.03)
  )
}

export const nightCity: Draw = scene => {
  const { width, height, random } = scene
  const hue = random.between(210, 290)
  const lamp = random.between(30, 55)
  const ground = height * random.between(0.78, 0.95)
  const row = (depth: number): string => {
    let out = ''
    for (let x = -10; x < width;) {
      const w = width * random.between(0.04, 0.11)
      const h = height * random.between(0.15, 0.42) * (1 + depth * 0.5) * (random.chance(0.12) ? 1.5 : 1)
      const y = ground - h
      out += box(x, y, w, height, hsl(hue, 25, 20 - depth * 12))
      const cell = Math.max(5, width * 0.011)
      for (let wx = x + cell * 0.6; wx < x + w - cell; wx += cell)
        for (let wy = y + cell; wy < ground - cell; wy += cell * 1.35)
          if (random.chance(0.36))
            out += box(
              wx,
              wy,
              cell * 0.5,
              cell * 0.75,
              hsl(lamp + random.between(-12, 12), 90, random.between(55, 80), random.between(0.5, 1)),
            )
      x += w + width * random.between(0, 0.012)
    }
    return out
  }
  return (
    sky(scene, [hsl(hue, 55, 7), hsl(hue + 10, 50, 18), hsl(hue + 45, 45, 34)]) +
    stars(scene, 60, 0.5) +
    (random.chance(0.6)
      ? disc(
          width * random.between(0.1, 0.9),
          height * random.between(0.1, 0.28),
          height * 0.045,
          hsl(48, 60, 90),
        )
      : '') +
    row(0) +
    row(0.6) +
    box(0, ground, width, height, hsl(hue, 40, 6)) +
    blurred(
      times(60, () =>
        box(
          random.between(0, width),
          ground + random.between(0, height - ground),
          random.between(2, 5),
          random.between(6, 26),
          hsl(lamp, 90, 62, 0.55),
        ),
      ),
      1.6,
    )
  )
}

export const forest: Draw = scene => {
  const { width, height, random } = scene
  const autumn = random.chance(0.6)
  const hue = autumn ? random.between(18, 45) : random.between(85, 130)
  const leaves = (count: number, size: number, light: number): string =>
    times(count, () =>
      disc(
        random.between(0, width),
        random.between(0, height * 0.62) * random.next() ** 0.4,
        size * random.between(0.4, 1.2),
        hsl(hue + random.between(-18, 22), random.between(55, 85), light + random.between(-12, 16), 0.75),
      ),
    )
  const trunks = (count: number, thick: number, light: number): string =>
    times(count, () => {
      const x = random.between(0, width)
      const w = width * thick * random.between(0.6, 1.4)
      const lean = random.gauss() * w
      return path(
        `M${x} ${height}L${x + lean + w * 0.25} 0L${x + lean + w * 0.7} 0L${x + w} ${height}Z`,
        hsl(28, 25, light + random.between(-4, 4)),
      )
    })
  return (
    sky(scene, [hsl(hue + 12, 65, 78), hsl(hue + 18, 55, 86), hsl(hue - 4, 45, 48)]) +
    blurred(leaves(120, height * 0.04, 66) + trunks(14, 0.012, 52), height * 0.008) +
    box(0, height * 0.8, width, height, hsl(hue - 5, 50, 34)) +
    trunks(7, 0.024, 30) +
    leaves(150, height * 0.022, 56) +
    times(160, () =>
      disc(
        random.between(0, width),
        height * random.between(0.8, 1),
        height * random.between(0.004, 0.011),
        hsl(hue + random.between(-18, 22), 75, random.between(40, 66), 0.9),
      ),
    ) +
    trunks(random.int(2, 4), 0.05, 15)
  )
}

export const dunes: Draw = scene => {
  const { width, height, random } = scene
  const hue = random.between(18, 42)
  const layers = random.int(3, 5)
  const sands = times(layers, i => {
    const depth = (i + 1) / layers
    const y = height * (0.3 + depth * 0.52)
    const crest = width * random.between(0.15, 0.85)
    const up = height * random.between(0.1, 0.2)
    const light = 70 - depth * 12
    const left = `M0 ${y + up * 0.4}C${crest * 0.5} ${y + up * 0.3} ${crest * 0.8} ${y - up * 0.2} ${crest} ${y - up}`
    return (
      path(
        `${left}C${crest + width * 0.1} ${y} ${width * 0.9} ${y + up * 0.3} ${width} ${y + up * 0.2}V${height}H0Z`,
        hsl(hue, 62, light),
      ) +
      path(
        `M${crest} ${y - up}C${crest + width * 0.1} ${y} ${width * 0.9} ${y + up * 0.3} ${width} ${y + up * 0.2}V${height}H${crest * 0.7}C${crest * 1.15} ${y + up * 1.6} ${crest * 0.85} ${y + up * 0.5} ${crest} ${y - up}Z`,
        hsl(hue - 12, 50, light - 26),
      )
    )
  })
  const cool = random.chance(0.6)
  return (
    sky(
      scene,
      cool
        ? [hsl(205, 60, 52), hsl(200, 55, 74), hsl(38, 60, 86)]
        : [hsl(280, 35, 42), hsl(12, 70, 64), hsl(38, 90, 76)],
    ) +
    (random.chance(0.5)
      ? disc(
          width * random.between(0.1, 0.9),
          height * random.between(0.1, 0.25),
          height * 0.05,
          hsl(45, 100, 90),
        )
      : '') +
    sands
  )
}

export const aurora: Draw = scene => {
  const { width, height, random } = scene
  const hue = random.between(115, 175)
  const curtains = times(random.int(2, 4), () => {
    const phase = random.between(0, 7)
    const base = height * random.between(0.35, 0.62)
    const wave = random.between(1.5, 4)
    const tint = hue + (random.chance(0.3) ? 130 : random.between(-15, 20))
    return times(90, i => {
      const x = (i / 90) * width
      const y = base + Math.sin(phase + (i / 90) * wave * 2) * height * 0.1
      const tall = height * (0.18 + 0.14 * Math.sin(phase * 2 + i * 0.35) + random.between(0, 0.08))
      return `<rect x="${x.toFixed(1)}" y="${(y - tall).toFixed(1)}" width="${(width / 70).toFixed(1)}" height="${tall.toFixed(1)}" fill="${hsl(tint, 85, 60, random.between(0.1, 0.36))}"/>`
    })
  })
  const firs = times(random.int(14, 30), () => {
    const x = random.between(0, width)
    const h = height * random.between(0.06, 0.2)
    const w = h * 0.32
    return path(
      `M${x} ${height * 0.9 - h}L${x + w} ${height * 0.93}L${x - w} ${height * 0.93}Z`,
      hsl(200, 30, 4),
    )
  })
  return (
    sky(scene, [hsl(230, 60, 6), hsl(215, 60, 13), hsl(hue + 20, 45, 22)]) +
    stars(scene, 120, 0.8) +
    blurred(curtains, height * 0.018) +
    ridge(scene, height * 0.86, height * 0.08, 0.5, hsl(215, 40, 9)) +
    firs +
    box(0, height * 0.92, width, height, hsl(205, 30, random.chance(0.4) ? 60 : 5))
  )
}

export const meadow: Draw = scene => {
  const { width, height, random } = scene
  const horizon = height * random.between(0.3, 0.5)
  const petals = random.pick([
    [350, 80, 60],
    [48, 95, 60],
    [285, 55, 66],
    [0, 0, 96],
    [15, 90, 58],
  ] as const)
  const field = times(260, i => {
    const depth = (i / 260) ** 1.4
    const y = horizon + depth * (height - horizon)
    const size = height * (0.004 + depth * 0.024) * random.between(0.7, 1.3)
    const x = random.between(0, width)
    const stem = `<path d="M${x} ${y}l${random.gauss() * 3} ${size * 3}" stroke="${hsl(105, 45, 30)}" stroke-width="${size * 0.22}"/>`
    const colour = hsl(petals[0] + random.between(-8, 8), petals[1], petals[2] + random.between(-8, 8))
    const bloom =
      depth < 0.25
        ? disc(x, y, size, colour)
        : times(6, p =>
            disc(x + Math.cos(p) * size * 0.75, y + Math.sin(p) * size * 0.6, size * 0.55, colour),
          ) + disc(x, y, size * 0.4, hsl(45, 90, 50))
    return stem + bloom
  })
  const clouds = times(random.int(2, 5), () => {
    const [cx, cy] = [random.between(0, width), random.between(0.1, 0.75) * horizon]
    return times(5, () =>
      disc(
        cx + random.gauss() * width * 0.05,
        cy + random.gauss() * height * 0.012,
        height * random.between(0.025, 0.055),
        hsl(210, 30, 98, 0.85),
      ),
    )
  })
  return (
    sky(scene, [hsl(208, 75, 56), hsl(200, 70, 82)]) +
    blurred(clouds, height * 0.012) +
    ridge(scene, horizon, height * 0.05, 0.45, hsl(130, 30, 38)) +
    `<g transform="translate(0 ${horizon + height * 0.03})">${sky(scene, [hsl(95, 48, 46), hsl(105, 50, 28)])}</g>` +
    field
  )
}

export const sailboats: Draw = scene => {
  const { width, height, random } = scene
  const horizon = height * random.between(0.35, 0.55)
  const sea = random.between(190, 222)
  const boat = (): string => {
    const sail = random.pick([hsl(0, 0, 98), hsl(8, 75, 55), hsl(45, 90, 62), hsl(215, 60, 45)])
    const jib = random.chance(0.5) ? hsl(0, 0, 94) : sail
    return (
      path('M2 -8L2 -100L44 -12Z', sail) +
      path('M-2 -8L-2 -88L-32 -12Z', jib) +
      path('M-40 -4H46L32 14H-28Z', random.pick([hsl(215, 45, 22), hsl(8, 60, 38), hsl(30, 30, 88)])) +
      box(-1, -102, 2.4, 100, hsl(30, 30, 25))
    )
  }
  const boats = Array.from({ length: random.int(1, 5) }, () => random.next() ** 1.5).sort((a, b) => a - b)
  const waves = times(90, i => {
    const depth = i / 90
    const y = horizon + depth * (height - horizon)
    return box(
      random.between(-50, width),
      y,
      width * random.between(0.02, 0.12),
      0.8 + depth * 2.2,
      hsl(sea - 6, 45, random.between(60, 85), 0.35),
      1,
    )
  })
  return (
    sky(scene, [hsl(sea - 3, 65, random.between(48, 66)), hsl(sea - 12, 60, 88)], horizon / height) +
    `<g transform="translate(0 ${horizon})">${sky(scene, [hsl(sea, 50, 52), hsl(sea + 8, 62, 24)])}</g>` +
    (random.chance(0.6)
      ? times(1, () =>
          ridge(scene, horizon - height * 0.02, height * 0.03, 0.5, hsl(sea, 25, 56))
            .replace(`M0 ${height}`, `M0 ${horizon}`)
            .replace(`L${width} ${height}Z`, `L${width} ${horizon}Z`),
        )
      : '') +
    waves +
    boats
      .map(depth =>
        turned(
          boat(),
          width * random.between(0.12, 0.88),
          horizon + height * (0.04 + depth * 0.34),
          random.gauss() * 4,
          (height / 620) * (0.35 + depth * 1.8),
        ),
      )
      .join('')
  )
}
