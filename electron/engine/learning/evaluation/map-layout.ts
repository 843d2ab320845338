import { UMAP } from 'umap-js'
import { Random } from '../../../shared/random.ts'

/** Points in the unit square. */
export interface Layout {
  readonly x: number[]
  readonly y: number[]
}

/**
 * Lays embeddings out in two dimensions (McInnes, Healy, Melville, "UMAP", 2018).
 * @param embeddings `count × dimension`
 * @param like another layout of the same photos: this one is rotated or mirrored to match it as well as possible
 */
export function layOut(embeddings: Float32Array, dimension: number, seed: number, like?: Layout): Layout {
  const count = embeddings.length / dimension
  const rows = Array.from({ length: count }, (_, n) =>
    Array.from(embeddings.subarray(n * dimension, (n + 1) * dimension)),
  )
  const random = new Random(seed)
  const neighbours = Math.min(15, count - 1)
  const points =
    count < 4
      ? rows.map((_, i) => [i / Math.max(1, count - 1), 0.5])
      : new UMAP({ nNeighbors: neighbours, minDist: 0.15, random: () => random.next() }).fit(rows)
  const centred = centre(points)
  return toUnitSquare(like ? turnTowards(centred, centre(like.x.map((x, i) => [x, like.y[i]!]))) : centred)
}

type Point = readonly number[]

function centre(points: readonly Point[]): Point[] {
  const mean = [0, 1].map(axis => points.reduce((sum, point) => sum + point[axis]! / points.length, 0))
  return points.map(point => [point[0]! - mean[0]!, point[1]! - mean[1]!])
}

/** Applies the rotation or reflection that brings points nearest to their targets (Procrustes in the plane). */
function turnTowards(points: readonly Point[], targets: readonly Point[]): Point[] {
  const [turned, mirrored] = [1, -1].map(side => {
    let [along, across] = [0, 0]
    for (const [i, [x, y]] of points.entries()) {
      const [u, v] = targets[i]!
      along += x! * u! + side * y! * v!
      across += x! * v! - side * y! * u!
    }
    const length = Math.hypot(along, across) || 1
    return { side, cos: along / length, sin: across / length, fit: length }
  })
  const { side, cos, sin } = turned!.fit >= mirrored!.fit ? turned! : mirrored!
  return points.map(([x, y]) => [cos * x! - sin * side * y!, sin * x! + cos * side * y!])
}

function toUnitSquare(points: readonly Point[]): Layout {
  const axis = (i: number): number[] => points.map(point => point[i]!)
  const [xs, ys] = [axis(0), axis(1)]
  const low = [xs, ys].map(values => values.reduce((a, b) => Math.min(a, b), Infinity))
  const extent = [xs, ys].map((values, i) => values.reduce((a, b) => Math.max(a, b), -Infinity) - low[i]!)
  const scale = Math.max(...extent) || 1
  const place = (value: number, i: number): number =>
    Math.round(((value - low[i]! + (scale - extent[i]!) / 2) / scale) * 1e4) / 1e4
  return { x: xs.map(x => place(x, 0)), y: ys.map(y => place(y, 1)) }
}
