import type { TrainingReport } from '../../../shared/training-report.ts'
import { indexHost } from '../../retrieval/index/index-host.ts'
import { neighbourhoodsKeep } from './gate.ts'

const NEAREST = 10
const QUERIES_AT_ONCE = 256

export interface Space {
  /** `count × dimension` */
  readonly embeddings: Float32Array
  readonly dimension: number
}

interface Neighbourhoods {
  /** Of each photo, the rows of its ten nearest. */
  readonly nearest: readonly (readonly number[])[]
  readonly dimensions: number
  readonly hubness: number
}

/**
 * Compares the neighbourhoods of photos in no album before and after a training: the overlap of their ten nearest, how
 * many dimensions they fill, and hubness.
 * @param shipped the same photos in the version that came with the program, where that is not the one before
 */
export async function compareNeighbourhoods(
  before: Space,
  after: Space,
  shipped?: Space,
): Promise<TrainingReport['neighbours']> {
  const photos = before.embeddings.length / before.dimension
  const [a, b] = [await neighbourhoods(before), await neighbourhoods(after)]
  const overlapAt10 = overlap(a, b)
  const figures = {
    photos,
    overlapAt10,
    shippedOverlapAt10: shipped ? overlap(await neighbourhoods(shipped), b) : overlapAt10,
    dimensionsBefore: a.dimensions,
    dimensionsAfter: b.dimensions,
    hubnessBefore: a.hubness,
    hubnessAfter: b.hubness,
  }
  return { ...figures, ok: neighbourhoodsKeep(figures) }
}

function overlap(before: Neighbourhoods, after: Neighbourhoods): number {
  const kept = before.nearest.map((rows, i) => rows.filter(row => after.nearest[i]!.includes(row)).length)
  const possible = before.nearest.reduce((sum, rows) => sum + rows.length, 0)
  return possible === 0 ? 1 : kept.reduce((sum, count) => sum + count, 0) / possible
}

async function neighbourhoods({ embeddings, dimension }: Space): Promise<Neighbourhoods> {
  const count = embeddings.length / dimension
  const host = indexHost()
  const handle = await host.call('create', dimension)
  const nearest: number[][] = []
  try {
    const ids = Array.from({ length: count }, (_, row) => row + 1)
    if (count > 0) await host.call('add', handle, ids, embeddings)
    const k = Math.min(count, NEAREST + 1)
    for (let from = 0; from < count; from += QUERIES_AT_ONCE) {
      const queries = embeddings.slice(from * dimension, (from + QUERIES_AT_ONCE) * dimension)
      const found = await host.call('search', handle, queries, k)
      for (let q = 0; q < queries.length / dimension; q++) {
        const rows = Array.from(found.ids.subarray(q * k, (q + 1) * k), id => id - 1)
        nearest.push(rows.filter(row => row !== from + q).slice(0, NEAREST))
      }
    }
  } finally {
    await host.call('close', handle)
  }
  const found = new Uint32Array(count)
  for (const row of nearest.flat()) found[row]!++
  const hubness = found.reduce((a, b) => Math.max(a, b), 0) / NEAREST
  return { nearest, dimensions: participationRatio(embeddings, dimension), hubness }
}

/**
 * Returns how many dimensions the embeddings fill: `(tr C)² / tr C²`, C being their covariance. It is 1 where all lie on
 * a line, and the dimension where they scatter equally in all directions.
 */
export function participationRatio(embeddings: Float32Array, dimension: number): number {
  const count = embeddings.length / dimension
  if (count < 2) return 0
  const mean = new Float64Array(dimension)
  for (const [at, value] of embeddings.entries()) mean[at % dimension]! += value / count
  const covariance = new Float64Array(dimension * dimension)
  const centred = new Float64Array(dimension)
  for (let n = 0; n < count; n++) {
    for (let i = 0; i < dimension; i++) centred[i] = embeddings[n * dimension + i]! - mean[i]!
    for (let i = 0; i < dimension; i++) {
      const row = i * dimension
      for (let j = 0; j < dimension; j++) covariance[row + j]! += centred[i]! * centred[j]!
    }
  }
  let trace = 0
  for (let i = 0; i < dimension; i++) trace += covariance[i * dimension + i]!
  const squares = covariance.reduce((sum, value) => sum + value * value, 0)
  return squares === 0 ? 0 : (trace * trace) / squares
}
