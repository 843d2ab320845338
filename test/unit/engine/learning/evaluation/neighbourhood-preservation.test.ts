import { participationRatio } from '../../../../../electron/engine/learning/evaluation/embedding-shape.ts'
import { afterAll, describe, expect, test } from 'vitest'
import { indexHost } from '../../../../../electron/engine/retrieval/index/index-host.ts'
import { compareNeighbourhoods } from '../../../../../electron/engine/learning/evaluation/neighbourhood-preservation.ts'
import { Random } from '../../../../../electron/shared/random.ts'

afterAll(() => indexHost().close())

interface Space {
  readonly embeddings: Float32Array
  readonly dimension: number
}

function scattered(count: number, dimension: number, seed: number | string = 1): Space {
  const random = new Random(`scattered ${seed}`)
  const embeddings = Float32Array.from({ length: count * dimension }, () => random.gauss())
  return { embeddings: unitRows(embeddings, dimension), dimension }
}

function unitRows(values: Float32Array, dimension: number): Float32Array {
  const out = Float32Array.from(values)
  for (let at = 0; at < out.length; at += dimension) {
    const row = out.subarray(at, at + dimension)
    const length = Math.hypot(...row)
    for (let i = 0; i < dimension; i++) row[i]! /= length
  }
  return out
}

const mapRows = ({ embeddings, dimension }: Space, change: (row: Float32Array, n: number) => void): Space => {
  const out = Float32Array.from(embeddings)
  for (let n = 0; n * dimension < out.length; n++) change(out.subarray(n * dimension, (n + 1) * dimension), n)
  return { embeddings: unitRows(out, dimension), dimension }
}

/** The same figures by comparing everything with everything. */
function naive(
  before: Space,
  after: Space,
): { overlapAt10: number; hubnessBefore: number; hubnessAfter: number } {
  const nearest = ({ embeddings, dimension }: Space): number[][] => {
    const row = (n: number): Float32Array => embeddings.subarray(n * dimension, (n + 1) * dimension)
    const count = embeddings.length / dimension
    return Array.from({ length: count }, (_, n) => {
      const others = Array.from({ length: count }, (_, m) => m).filter(m => m !== n)
      const distance = (m: number): number => Math.hypot(...row(n).map((value, i) => value - row(m)[i]!))
      return others.sort((a, b) => distance(a) - distance(b)).slice(0, 10)
    })
  }
  const hubness = (rows: number[][]): number => {
    const counts = rows.map((_, n) => rows.filter(list => list.includes(n)).length)
    return Math.max(...counts) / 10
  }
  const [a, b] = [nearest(before), nearest(after)]
  const kept = a.map((list, n) => list.filter(m => b[n]!.includes(m)).length)
  return {
    overlapAt10: kept.reduce((sum, count) => sum + count, 0) / (10 * a.length),
    hubnessBefore: hubness(a),
    hubnessAfter: hubness(b),
  }
}

describe('compareNeighbourhoods', () => {
  test('keeps all where nothing changes', async () => {
    const space = scattered(300, 16)
    const figures = await compareNeighbourhoods(space, space)
    expect(figures).toMatchObject({ photos: 300, overlapAt10: 1, ok: true })
    expect(figures.dimensionsAfter).toBe(figures.dimensionsBefore)
    expect(figures.dimensionsBefore).toBeGreaterThan(14)
    expect(figures.dimensionsBefore).toBeLessThanOrEqual(16)
  })

  test('keeps all in a rotated space', async () => {
    const space = scattered(100, 6)
    const turned = { embeddings: new Float32Array(100 * 8), dimension: 8 }
    for (let n = 0; n < 100; n++)
      for (let i = 0; i < 6; i++) turned.embeddings[n * 8 + ((i + 3) % 8)] = -space.embeddings[n * 6 + i]!
    const figures = await compareNeighbourhoods(space, turned)
    expect(figures.overlapAt10).toBeGreaterThan(0.999)
    expect(figures.dimensionsAfter).toBeCloseTo(figures.dimensionsBefore, 3)
  })

  test('agrees with a naive comparison', async () => {
    const before = scattered(120, 5)
    const random = new Random('moved')
    const after = mapRows(before, row => {
      for (let i = 0; i < row.length; i++) row[i]! += 0.2 * random.gauss()
    })
    const figures = await compareNeighbourhoods(before, after)
    const expected = naive(before, after)
    expect(figures).toMatchObject(expected)
    expect(figures.overlapAt10).toBeGreaterThan(0.2)
    expect(figures.overlapAt10).toBeLessThan(0.9)
    expect(figures.ok).toBe(true)
  })

  test('is not ok where embeddings collapse to a few points', async () => {
    const before = scattered(300, 16)
    const random = new Random('collapse')
    const collapsed = mapRows(before, (row, n) => {
      for (let i = 0; i < row.length; i++) row[i] = (i === n % 3 ? 1 : 0) + 0.001 * random.gauss()
    })
    const figures = await compareNeighbourhoods(before, collapsed)
    expect(figures.ok).toBe(false)
    expect(figures.dimensionsAfter).toBeLessThan(4)
  })

  test('is not ok where embeddings collapse to one point', async () => {
    const before = scattered(50, 8)
    const one = mapRows(before, row => row.fill(1))
    const figures = await compareNeighbourhoods(before, one)
    expect(figures.ok).toBe(false)
    expect(figures.dimensionsAfter).toBeLessThanOrEqual(1)
  })

  test('is not ok where all neighbours are new', async () => {
    const figures = await compareNeighbourhoods(scattered(300, 16, 'a'), scattered(300, 16, 'b'))
    expect(figures.overlapAt10).toBeLessThan(0.1)
    expect(figures.ok).toBe(false)
  })

  test('is ok where neighbourhoods lost before come back', async () => {
    const [shipped, lost] = [scattered(300, 16, 'a'), scattered(300, 2, 'b')]
    const figures = await compareNeighbourhoods(lost, shipped, shipped)
    expect(figures.overlapAt10).toBeLessThan(0.1)
    expect(figures).toMatchObject({ shippedOverlapAt10: 1, ok: true })
  })

  test('handles more photos than fit into one search', async () => {
    const space = scattered(600, 4)
    expect(await compareNeighbourhoods(space, space)).toMatchObject({ photos: 600, overlapAt10: 1, ok: true })
  })

  test.each([0, 1, 2, 5])('is ok for %i photos', async count => {
    const space = scattered(count, 4)
    const figures = await compareNeighbourhoods(space, space)
    expect(figures).toMatchObject({ photos: count, overlapAt10: 1, ok: true })
    expect(Object.values(figures).every(value => typeof value === 'boolean' || Number.isFinite(value))).toBe(
      true,
    )
  })
})

describe('participationRatio', () => {
  test('is one on a line, two in a plane, the dimension for isotropic scatter, zero for one point', () => {
    const random = new Random('ratio')
    const on = (directions: number): Float32Array =>
      Float32Array.from({ length: 4000 * 6 }, (_, i) => (i % 6 < directions ? random.gauss() : 0.5))
    expect(participationRatio(on(1), 6)).toBeCloseTo(1, 5)
    expect(participationRatio(on(2), 6)).toBeCloseTo(2, 1)
    expect(participationRatio(on(6), 6)).toBeCloseTo(6, 1)
    expect(participationRatio(new Float32Array(60).fill(0.3), 6)).toBe(0)
    expect(participationRatio(new Float32Array(6), 6)).toBe(0)
    expect(participationRatio(new Float32Array(0), 6)).toBe(0)
  })
})
