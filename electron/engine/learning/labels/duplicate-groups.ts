import type { DuplicateTraits } from '../../library/rows.ts'
import { hashDistance } from '../../media/perceptual-hash.ts'

/** The most bits of 64 in which copies of a photo differ. With seven, one of the eight bytes is always equal. */
const COPY_BITS = 7
/** Photos of one camera at most this far apart are a burst, in milliseconds. */
const BURST_GAP = 10_000
/** And so are those within a minute that look alike: somebody takes the same thing once more. */
const MOMENT = 60_000
/**
 * The least cosine of features that look alike. Of the same thing photographed again from a slightly other place, 99 in 100
 * reach it; of different photos of one kind of flower, one in five does.
 */
const LEAST_COSINE = 0.85
/** Photos of the last minute that a photo is compared with: enough to find its like, and few in a stream of thousands. */
const MOST_COMPARED = 30

/** The features of a photo by its position: asked for only where times are close. */
export type FeaturesOf = (position: number) => Float32Array | undefined

/**
 * Groups near-duplicates: copies by their perceptual hash, bursts by camera and time of capture, the same thing within a
 * minute by its features as well. If a is grouped with b,
 * and b with c, all three are one group.
 * @returns the group of each photo, named by the smallest position in it
 */
export function groupDuplicates(
  photos: readonly DuplicateTraits[],
  featuresOf: FeaturesOf = () => undefined,
): Int32Array {
  const groups = new DisjointSets(photos.length)
  joinCopies(photos, groups)
  joinBursts(photos, groups, featuresOf)
  return Int32Array.from(photos.keys(), position => groups.find(position))
}

/** Compares only photos with a byte of their hash in common, see COPY_BITS. */
function joinCopies(photos: readonly DuplicateTraits[], groups: DisjointSets): void {
  const buckets = new Map<number, number[]>()
  for (const [position, { perceptualHash }] of photos.entries()) {
    if (!perceptualHash) continue
    for (const [place, byte] of perceptualHash.entries()) {
      const key = place * 256 + byte
      const bucket = buckets.get(key) ?? []
      for (const other of bucket)
        if (hashDistance(perceptualHash, photos[other]!.perceptualHash!) <= COPY_BITS)
          groups.join(position, other)
      bucket.push(position)
      buckets.set(key, bucket)
    }
  }
}

function joinBursts(photos: readonly DuplicateTraits[], groups: DisjointSets, featuresOf: FeaturesOf): void {
  const timed = [...photos.keys()].filter(position => photos[position]!.takenAt !== null)
  const time = (position: number): number => photos[position]!.takenAt!
  timed.sort((a, b) => time(a) - time(b))
  const byCamera = new Map<string | null, number[]>()
  for (const position of timed) {
    const { camera } = photos[position]!
    const earlier = byCamera.get(camera) ?? []
    const before = earlier.at(-1)
    if (before !== undefined && time(position) - time(before) <= BURST_GAP) groups.join(position, before)
    const recent = earlier.filter(other => time(position) - time(other) <= MOMENT).slice(-MOST_COMPARED)
    for (const other of recent)
      if (groups.find(other) !== groups.find(position) && lookAlike(featuresOf(other), featuresOf(position)))
        groups.join(position, other)
    byCamera.set(camera, [...recent, position])
  }
}

function lookAlike(a: Float32Array | undefined, b: Float32Array | undefined): boolean {
  if (!a || !b) return false
  let [product, ofA, ofB] = [0, 0, 0]
  for (const [i, value] of a.entries()) {
    product += value * b[i]!
    ofA += value * value
    ofB += b[i]! * b[i]!
  }
  return product >= LEAST_COSINE * Math.sqrt(ofA * ofB) && product > 0
}

/** Union-find with path halving. */
class DisjointSets {
  readonly #parent: Int32Array

  constructor(size: number) {
    this.#parent = Int32Array.from({ length: size }, (_, i) => i)
  }

  find(item: number): number {
    let at = item
    while (this.#parent[at] !== at) {
      this.#parent[at] = this.#parent[this.#parent[at]!]!
      at = this.#parent[at]!
    }
    return at
  }

  /** The smaller name becomes the name of both. */
  join(a: number, b: number): void {
    const [x, y] = [this.find(a), this.find(b)]
    this.#parent[Math.max(x, y)] = Math.min(x, y)
  }
}
