import type { TrainingReport } from '../../../shared/training-report.ts'
import { indexHost } from '../../retrieval/index/index-host.ts'
import { figuresHost } from './figures-host.ts'
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
  return {
    nearest,
    dimensions: await figuresHost().call('participationRatio', embeddings, dimension),
    hubness,
  }
}
