import { Random } from '../../electron/shared/random.ts'

const side = 256
let tile: Float32Array | undefined

/**
 * Cloudy noise between 0 and 1 that repeats every unit in both directions. It is read from one tile that is made at
 * the first call: a picture needs some 100,000 values, and a sum of octaves for each would cost more than the rest.
 */
export function cloudy(x: number, y: number): number {
  tile ??= makeTile()
  const column = (x - Math.floor(x)) * side
  const row = (y - Math.floor(y)) * side
  const left = column | 0
  const top = row | 0
  const across = column - left
  const down = row - top
  const upper = (top & 255) << 8
  const lower = ((top + 1) & 255) << 8
  const right = (left + 1) & 255
  const start = left & 255
  const above = tile[upper + start]! + (tile[upper + right]! - tile[upper + start]!) * across
  const below = tile[lower + start]! + (tile[lower + right]! - tile[lower + start]!) * across
  return above + (below - above) * down
}

/** 0 below `low`, 1 above `high`, an S between them. */
export function smoothstep(low: number, high: number, value: number): number {
  const t = Math.min(1, Math.max(0, (value - low) / (high - low)))
  return t * t * (3 - 2 * t)
}

function makeTile(): Float32Array {
  const random = new Random('cloudy')
  const values = new Float32Array(side * side)
  for (let cells = 4, weight = 1; cells <= 128; cells *= 2, weight *= 0.52) {
    const lattice = Float32Array.from({ length: cells * cells }, () => random.next())
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) values[y * side + x]! += weight * latticeAt(lattice, cells, x, y)
    }
  }
  const sorted = values.toSorted()
  const low = sorted[Math.floor(sorted.length * 0.01)]!
  const high = sorted[Math.floor(sorted.length * 0.99)]!
  return values.map(value => Math.min(1, Math.max(0, (value - low) / (high - low))))
}

function latticeAt(lattice: Float32Array, cells: number, x: number, y: number): number {
  const column = (x * cells) / side
  const row = (y * cells) / side
  const left = Math.floor(column)
  const top = Math.floor(row)
  const across = smoothstep(0, 1, column - left)
  const down = smoothstep(0, 1, row - top)
  const at = (dx: number, dy: number): number =>
    lattice[((top + dy) % cells) * cells + ((left + dx) % cells)]!
  const above = at(0, 0) + (at(1, 0) - at(0, 0)) * across
  const below = at(0, 1) + (at(1, 1) - at(0, 1)) * across
  return above + (below - above) * down
}
