import type { Random } from '../../../shared/random.ts'
import type { Labels, TrainingSet } from '../labels/training-set.ts'
import { drawDistinct } from './draw-distinct.ts'

/** Whether each pair of a batch is positive, negative or neither: `size × size`, row by row, 1 or 0. */
export interface Relation {
  readonly size: number
  readonly positive: Uint8Array
  readonly negative: Uint8Array
}

export type Mining = 'batch-hard' | 'semi-hard'

/** Positions in a batch. */
export interface Triplet {
  readonly anchor: number
  readonly positive: number
  readonly negative: number
}

/**
 * Chooses the triplets of a batch by its present distances (online mining).
 * - `batch-hard`: for each anchor its farthest positive and its nearest negative (Hermans, Beyer, Leibe, "In Defense of
 *   the Triplet Loss for Person Re-Identification", 2017);
 * - `semi-hard`: for each pair of anchor and positive the nearest negative that is farther than the positive, or the
 *   farthest negative where there is none (Schroff, Kalenichenko, Philbin, "FaceNet", 2015).
 * @param distances `size × size`
 */
export function mineTriplets(
  distances: Float32Array,
  { size, positive, negative }: Relation,
  mining: Mining,
): Triplet[] {
  const triplets: Triplet[] = []
  for (let anchor = 0; anchor < size; anchor++) {
    const row = anchor * size
    const positives: number[] = []
    const negatives: number[] = []
    for (let other = 0; other < size; other++) {
      if (other === anchor) continue
      if (positive[row + other]) positives.push(other)
      if (negative[row + other]) negatives.push(other)
    }
    if (positives.length === 0 || negatives.length === 0) continue
    const distance = (other: number): number => distances[row + other]!
    negatives.sort((a, b) => distance(a) - distance(b))
    if (mining === 'batch-hard') {
      const farthest = positives.reduce((a, b) => (distance(b) > distance(a) ? b : a))
      triplets.push({ anchor, positive: farthest, negative: negatives[0]! })
      continue
    }
    for (const other of positives) {
      const beyond = negatives.find(candidate => distance(candidate) > distance(other))
      triplets.push({ anchor, positive: other, negative: beyond ?? negatives.at(-1)! })
    }
  }
  return triplets
}

/** What batches are drawn from. Photos are given by their rows. */
export interface BatchSource {
  /** Of each trainable album, the rows that may be trained on. */
  readonly members: readonly (readonly number[])[]
  /** Rows of albums that are too small: they serve as negatives only. */
  readonly negatives: readonly number[]
  /** Of each trainable album, rows labelled as not belonging to it. */
  readonly refused: readonly (readonly number[])[]
  /** Of a row, rows labelled as not like it. */
  readonly notLike: ReadonlyMap<number, readonly number[]>
}

/** Returns what may be trained on when one fold is left out. */
export function sourceWithout(fold: number, set: TrainingSet): BatchSource {
  const { albumsOf, trainable, notLike } = set.labels
  const learned = (row: number): boolean => set.folds[row] !== fold
  const members = set.albumNames.map((): number[] => [])
  for (const [row, numbers] of albumsOf.entries())
    if (learned(row)) for (const number of numbers) members[number]!.push(row)
  return {
    members: members.filter((_, number) => trainable.has(number)),
    negatives: members.filter((_, number) => !trainable.has(number)).flat(),
    refused: set.refused.map(rows => rows.filter(learned)).filter((_, number) => trainable.has(number)),
    notLike: new Map(
      [...notLike]
        .filter(([anchor]) => learned(anchor))
        .map(([anchor, rows]) => [anchor, rows.filter(learned)]),
    ),
  }
}

/** The most labelled negatives added for each album, and for each photo, of a batch. */
const LABELLED_NEGATIVES = 2
/** The most photos of albums that are too small, in a batch. */
const OTHER_NEGATIVES = 8

/**
 * Draws P albums × K photos, and the labelled negatives of these.
 * @returns rows, each once
 */
export function drawBatch(source: BatchSource, albums: number, photos: number, random: Random): number[] {
  const chosen = drawDistinct([...source.members.keys()], albums, random)
  const rows = new Set<number>()
  for (const album of chosen) {
    for (const row of drawDistinct(source.members[album]!, photos, random)) rows.add(row)
    for (const row of drawDistinct(source.refused[album]!, LABELLED_NEGATIVES, random)) rows.add(row)
  }
  for (const row of drawDistinct(source.negatives, OTHER_NEGATIVES, random)) rows.add(row)
  for (const row of [...rows])
    for (const other of drawDistinct(source.notLike.get(row) ?? [], LABELLED_NEGATIVES, random))
      rows.add(other)
  return [...rows]
}

/**
 * Returns how the rows of a batch relate. Photos that share a trainable album are positive. Photos in different albums are
 * negative, and so are photos labelled as not belonging together, even in a shared album.
 */
export function relate(
  rows: readonly number[],
  { albumsOf, trainable, refusedBy, notLike }: Labels,
): Relation {
  const size = rows.length
  const positive = new Uint8Array(size * size)
  const negative = new Uint8Array(size * size)
  for (const [i, a] of rows.entries())
    for (const [j, b] of rows.entries()) {
      if (a === b) continue
      const shared = albumsOf[a]!.filter(album => albumsOf[b]!.includes(album))
      const apart =
        notLike.get(a)?.includes(b) === true ||
        notLike.get(b)?.includes(a) === true ||
        refusedBy[a]!.some(album => albumsOf[b]!.includes(album)) ||
        refusedBy[b]!.some(album => albumsOf[a]!.includes(album))
      const bothLabelled = albumsOf[a]!.length > 0 && albumsOf[b]!.length > 0
      const at = i * size + j
      if (apart || (bothLabelled && shared.length === 0)) negative[at] = 1
      else if (shared.some(album => trainable.has(album))) positive[at] = 1
    }
  return { size, positive, negative }
}
