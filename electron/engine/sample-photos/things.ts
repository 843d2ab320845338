import { blurred, box, disc, glow, hsl, path, sky, times, turned, type Draw } from './scene.ts'

export const balloons: Draw = scene => {
  const { width, height, random } = scene
  const dawn = random.chance(0.5)
  const balloon = (): string => {
    const hue = random.between(0, 360)
    const second = hue + random.pick([30, 60, 150, 180, 210])
    const gores = times(7, i => {
      const half = 62 * Math.cos((i * Math.PI) / 14)
      return `<path d="M0 -70C${-half} -70 ${-half * 1.05} 20 0 78C${half * 1.05} 20 ${half} -70 0 -70Z" fill="${i % 2 ? hsl(second, 75, 58) : hsl(hue, 75, 52)}"/>`
    })
    return (
      gores +
      `<path d="M0 -70C-62 -70 -65 20 0 78C-30 20 -30 -70 0 -70Z" fill="rgba(255,255,255,.22)"/>` +
      `<path d="M-8 72L-9 98M8 72L9 98" stroke="#4a3626" stroke-width="1.6"/>` +
      box(-11, 97, 22, 15, hsl(28, 45, 32), 3)
    )
  }
  const sizes = Array.from({ length: random.int(1, 7) }, () => random.between(0.25, 1.25)).sort(
    (a, b) => a - b,
  )
  return (
    sky(
      scene,
      dawn
        ? [hsl(255, 40, 56), hsl(340, 55, 74), hsl(35, 90, 80)]
        : [hsl(212, 70, 50), hsl(203, 72, 74), hsl(195, 60, 92)],
    ) +
    blurred(
      times(
        5,
        () =>
          `<ellipse cx="${random.between(0, width)}" cy="${height * random.between(0.4, 0.95)}" rx="${width * 0.25}" ry="${height * 0.03}" fill="rgba(255,255,255,.55)"/>`,
      ),
      height * 0.025,
    ) +
    path(
      `M0 ${height * 0.93}Q${width * random.between(0.2, 0.8)} ${height * 0.84} ${width} ${height * 0.95}V${height}H0Z`,
      hsl(110, 30, dawn ? 22 : 36),
    ) +
    sizes
      .map(size =>
        turned(
          balloon(),
          width * random.between(0.1, 0.9),
          height * random.between(0.18, 0.7),
          random.gauss() * 3,
          (height / 520) * size,
        ),
      )
      .join('')
  )
}

export const blossom: Draw = scene => {
  const { width, height, random } = scene
  const hue = random.pick([330, 350, 12, 280, 48, 215]) + random.between(-10, 10)
  const petals = random.int(6, 16)
  const rings = random.int(1, 3)
  const size = Math.min(width, height) * random.between(0.3, 0.46)
  const wide = random.between(0.32, 0.5)
  const bloom = times(rings, ring => {
    const reach = size * (1 - ring * 0.27)
    return times(petals, i => {
      const shade = hsl(hue + ring * 6, 72, 50 + ring * 9 + random.between(-5, 5))
      const petal = path(
        `M0 0C${reach * wide} ${-reach * 0.25} ${reach * wide} ${-reach * 0.85} 0 ${-reach}C${-reach * wide} ${-reach * 0.85} ${-reach * wide} ${-reach * 0.25} 0 0Z`,
        shade,
        `stroke="${hsl(hue, 60, 36, 0.35)}" stroke-width="1.2"`,
      )
      const vein = path(
        `M0 ${-reach * 0.15}L0 ${-reach * 0.85}`,
        'none',
        `stroke="${hsl(hue, 60, 78, 0.4)}" stroke-width="${size * 0.012}"`,
      )
      return turned(petal + vein, 0, 0, ((i + ring * 0.5) * 360) / petals + random.gauss() * 3)
    })
  })
  const heart = size * random.between(0.14, 0.24)
  const stamens = times(70, () => {
    const [angle, far] = [random.between(0, 6.28), heart * Math.sqrt(random.next())]
    return disc(
      Math.cos(angle) * far,
      Math.sin(angle) * far,
      heart * 0.09,
      hsl(random.between(32, 55), 90, random.between(38, 66)),
    )
  })
  const bokeh = times(26, () =>
    disc(
      random.between(0, width),
      random.between(0, height),
      height * random.between(0.03, 0.12),
      hsl(random.between(75, 140), 45, random.between(20, 52), 0.5),
    ),
  )
  return (
    sky(scene, [hsl(115, 35, 22), hsl(95, 40, 34)]) +
    blurred(bokeh, height * 0.025) +
    turned(
      bloom + disc(0, 0, heart * 1.08, hsl(40, 80, 34)) + stamens,
      width * random.between(0.4, 0.6),
      height * random.between(0.42, 0.58),
      random.between(0, 360),
    )
  )
}

export const citrus: Draw = scene => {
  const { width, height, random } = scene
  const fruit = random.pick([
    { rind: 32, flesh: 30 },
    { rind: 54, flesh: 52 },
    { rind: 85, flesh: 82 },
    { rind: 22, flesh: 8 },
  ])
  const slice = (radius: number): string => {
    const segments = random.int(8, 11)
    const wedge = (2 * Math.PI) / segments
    const inside = radius * 0.8
    return (
      disc(0, 0, radius, hsl(fruit.rind, 88, 50)) +
      disc(0, 0, radius * 0.92, hsl(fruit.rind + 8, 60, 90)) +
      times(segments, i => {
        const [a, b] = [i * wedge + 0.05, (i + 1) * wedge - 0.05]
        const [x1, y1, x2, y2] = [
          Math.cos(a) * inside,
          Math.sin(a) * inside,
          Math.cos(b) * inside,
          Math.sin(b) * inside,
        ]
        const mid = (a + b) / 2
        const [cx, cy] = [Math.cos(mid) * radius * 0.07, Math.sin(mid) * radius * 0.07]
        const fibres = times(5, () => {
          const r = inside * random.between(0.35, 0.9)
          const t = mid + random.gauss() * wedge * 0.15
          return disc(Math.cos(t) * r, Math.sin(t) * r, radius * 0.022, hsl(fruit.flesh + 8, 95, 78, 0.6))
        })
        return (
          path(
            `M${cx} ${cy}L${x1} ${y1}A${inside} ${inside} 0 0 1 ${x2} ${y2}Z`,
            hsl(fruit.flesh, 92, random.between(52, 60)),
          ) + fibres
        )
      })
    )
  }
  const table = random.pick([
    [28, 30, 45],
    [210, 12, 82],
    [185, 25, 36],
    [0, 0, 94],
  ] as const)
  const count = random.int(2, 7)
  const planks = times(7, i =>
    box(
      0,
      (i * height) / 7,
      width,
      height / 7 - 2,
      hsl(table[0], table[1], table[2] + random.between(-4, 4)),
    ),
  )
  return (
    sky(scene, [hsl(table[0], table[1], table[2] - 10), hsl(table[0], table[1], table[2] - 14)]) +
    planks +
    times(count, () => {
      const radius = Math.min(width, height) * random.between(0.13, 0.26)
      const [x, y] = [random.between(0.12, 0.88) * width, random.between(0.14, 0.86) * height]
      return (
        glow(x + radius * 0.1, y + radius * 0.14, radius * 1.25, 'rgba(0,0,0,.5)', 'rgba(0,0,0,0)') +
        turned(slice(radius), x, y, random.between(0, 360))
      )
    })
  )
}

export const houses: Draw = scene => {
  const { width, height, random } = scene
  const ground = height * random.between(0.8, 0.9)
  const count = random.int(3, 7)
  const w = width / count
  const row = times(count, i => {
    const hue = random.pick([8, 28, 48, 150, 195, 215, 340])
    const wall = hsl(hue + random.between(-8, 8), random.between(35, 65), random.between(52, 72))
    const h = height * random.between(0.36, 0.55)
    const [x, y] = [i * w, ground - h]
    const gable = w * random.between(0.28, 0.55)
    const floors = random.int(2, 4)
    const panes = random.int(2, 3)
    const windows = times(floors, f =>
      times(panes, p => {
        const [pw, ph] = [(w / panes) * 0.5, (h / (floors + 1)) * 0.6]
        const [px, py] = [x + (w / panes) * (p + 0.25), y + (h / (floors + 1)) * (f + 0.35)]
        return (
          box(px - 2, py - 2, pw + 4, ph + 4, '#f6f2ea') +
          box(px, py, pw, ph, random.chance(0.2) ? hsl(45, 80, 68) : hsl(212, 30, 34)) +
          box(px + pw / 2 - 1, py, 2, ph, '#f6f2ea')
        )
      }),
    )
    const door = box(x + w * 0.4, ground - h * 0.2, w * 0.2, h * 0.2, hsl(hue + 160, 45, 28), 3)
    return (
      box(x + 1, y, w - 2, h, wall) +
      path(
        `M${x - 3} ${y}L${x + w / 2} ${y - gable}L${x + w + 3} ${y}Z`,
        hsl(14, 45, random.between(28, 44)),
      ) +
      windows +
      door
    )
  })
  return (
    sky(
      scene,
      random.chance(0.7) ? [hsl(208, 62, 58), hsl(202, 60, 86)] : [hsl(220, 15, 66), hsl(210, 12, 84)],
    ) +
    row +
    box(0, ground, width, height, hsl(30, 8, random.between(38, 60))) +
    times(30, () =>
      box(random.between(0, width), random.between(ground, height), width * 0.03, 2, 'rgba(0,0,0,.16)'),
    )
  )
}

export const reef: Draw = scene => {
  const { width, height, random } = scene
  const sea = random.between(182, 212)
  const hue = random.pick([18, 45, 200, 330, 55])
  const stripes = random.chance(0.6)
  const fish = (): string => {
    const body = hsl(hue + random.between(-12, 12), 88, 56)
    const fin = hsl(hue + 20, 85, 46)
    return (
      path('M42 0L76 -24L70 0L76 24Z', fin) +
      path('M-6 -26Q14 -48 32 -20Z', fin) +
      `<ellipse rx="50" ry="28" fill="${body}"/>` +
      (stripes
        ? box(-18, -25, 10, 50, 'rgba(255,255,255,.9)', 5) + box(12, -25, 9, 50, 'rgba(255,255,255,.9)', 4)
        : '') +
      disc(-33, -6, 5.5, '#fff') +
      disc(-34, -6, 3, '#111')
    )
  }
  const rays = times(6, () => {
    const x = random.between(-0.1, 1) * width
    return path(
      `M${x} 0L${x + width * 0.07} 0L${x + width * random.between(0.15, 0.4)} ${height}L${x - width * 0.04} ${height}Z`,
      'rgba(255,255,255,.07)',
    )
  })
  const corals = times(random.int(7, 14), () => {
    const [x, tint] = [random.between(0, width), random.pick([340, 15, 290, 50, 130])]
    return times(6, () => {
      const [dx, h] = [random.gauss() * width * 0.03, height * random.between(0.06, 0.22)]
      return `<path d="M${x} ${height}Q${x + dx} ${height - h * 0.5} ${x + dx * 1.6} ${height - h}" stroke="${hsl(tint, 60, random.between(36, 58))}" stroke-width="${height * 0.018}" fill="none" stroke-linecap="round"/>`
    })
  })
  const school = Array.from({ length: random.int(3, 14) }, () => random.between(0.35, 1.2)).sort(
    (a, b) => a - b,
  )
  const side = random.chance(0.5) ? 1 : -1
  return (
    sky(scene, [hsl(sea - 8, 80, 58), hsl(sea + 4, 75, 38), hsl(sea + 16, 70, 18)]) +
    blurred(rays, height * 0.012) +
    corals +
    school
      .map(
        size =>
          `<g transform="translate(${random.between(0, width)} ${height * random.between(0.12, 0.8)}) scale(${side * size * (height / 640)} ${size * (height / 640)}) rotate(${random.gauss() * 7})">${fish()}</g>`,
      )
      .join('') +
    times(30, () =>
      disc(
        random.between(0, width),
        random.between(0, height),
        random.between(1, 5),
        'rgba(255,255,255,.25)',
      ),
    )
  )
}

export const planets: Draw = scene => {
  const { width, height, random } = scene
  const hue = random.between(0, 360)
  const radius = Math.min(width, height) * random.between(0.16, 0.38)
  const [x, y] = [width * random.between(0.3, 0.7), height * random.between(0.35, 0.65)]
  const clip = `clip${Math.round(x * 1000)}`
  const bands = times(random.int(6, 14), () => {
    const at = y + random.between(-radius, radius)
    return `<ellipse cx="${x}" cy="${at}" rx="${radius * 1.1}" ry="${radius * random.between(0.02, 0.14)}" fill="${hsl(hue + random.between(-30, 30), 50, random.between(38, 72), 0.6)}"/>`
  })
  const tilt = random.between(-28, 28)
  const ringed = random.chance(0.55)
  const ring = (half: string): string =>
    ringed
      ? `<g transform="rotate(${tilt} ${x} ${y})"><path d="M${x - radius * 1.9} ${y}A${radius * 1.9} ${radius * 0.42} 0 0 ${half} ${x + radius * 1.9} ${y}" fill="none" stroke="${hsl(hue + 30, 40, 74, 0.75)}" stroke-width="${radius * 0.16}"/></g>`
      : ''
  const nebula = times(7, () =>
    glow(
      random.between(0, width),
      random.between(0, height),
      height * random.between(0.2, 0.5),
      hsl(hue + random.between(120, 220), 60, 34, 0.35),
      hsl(hue, 60, 30, 0),
    ),
  )
  return (
    sky(scene, [hsl(hue + 200, 50, 6), hsl(hue + 230, 50, 10)]) +
    nebula +
    times(220, () =>
      disc(
        random.between(0, width),
        random.between(0, height),
        random.between(0.3, 1.8),
        hsl(random.between(30, 230), 40, 90, random.between(0.3, 1)),
      ),
    ) +
    ring('1') +
    `<clipPath id="${clip}"><circle cx="${x}" cy="${y}" r="${radius}"/></clipPath><g clip-path="url(#${clip})">${disc(x, y, radius, hsl(hue, 52, 54))}${bands}</g>` +
    glow(x, y, radius * 1.002, 'rgba(255,255,255,.16)', 'rgba(0,0,10,.82)', 0.18) +
    ring('0') +
    times(random.int(0, 3), () =>
      glow(
        random.between(0, width),
        random.between(0, height),
        radius * random.between(0.06, 0.18),
        hsl(40, 15, 85),
        hsl(40, 15, 22),
        0.15,
      ),
    )
  )
}
