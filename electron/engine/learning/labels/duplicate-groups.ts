import type { DuplicateTraits } from '../../library/rows.ts'
import { hashDistance } from '../../media/perceptual-hash.ts'

/** Copies of a photo differ in this many of the 64 bits at most. Eight bytes: one of them is the same in any such pair. */
const COPY_BITS = 7
/** Photos of one camera that follow one another this closely are a burst, in milliseconds. */
const BURST_GAP = 10_000

/**
 * Numbers the groups of photos that show the same thing at the same moment: near-duplicates by their perceptual hash,
 * bursts by the time at which they were taken. Chains are one group.
 * @returns for each photo its group, which is the smallest position in it
 */
export function groupDuplicates(photos: readonly DuplicateTraits[]): Int32Array {
  const groups = new DisjointSets(photos.length)
  joinCopies(photos, groups)
  joinBursts(photos, groups)
  return Int32Array.from(photos.keys(), position => groups.find(position))
}

/** Only photos that share a byte of their hash are compared: among eight bytes, seven different bits leave one equal. */
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

function joinBursts(photos: readonly DuplicateTraits[], groups: DisjointSets): void {
  const timed = [...photos.keys()].filter(position => photos[position]!.takenAt !== null)
  const time = (position: number): number => photos[position]!.takenAt!
  timed.sort((a, b) => time(a) - time(b))
  const last = new Map<string | null, number>()
  for (const position of timed) {
    const { camera } = photos[position]!
    const before = last.get(camera)
    if (before !== undefined && time(position) - time(before) <= BURST_GAP) groups.join(position, before)
    last.set(camera, position)
  }
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

  /** The smaller of the two becomes the name of both. */
  join(a: number, b: number): void {
    const [x, y] = [this.find(a), this.find(b)]
    this.#parent[Math.max(x, y)] = Math.min(x, y)
  }
}
