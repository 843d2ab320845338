import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hashDistance } from '../../../../../electron/engine/media/perceptual-hash.ts'
import { groupDuplicates } from '../../../../../electron/engine/learning/labels/duplicate-groups.ts'
import { Random } from '../../../../../electron/shared/random.ts'
import type { DuplicateTraits } from '../../../../../electron/engine/library/rows.ts'

const plain: DuplicateTraits = { perceptualHash: null, takenAt: null, camera: null }
const hashed = (perceptualHash: Buffer): DuplicateTraits => ({ ...plain, perceptualHash })

function flip(hash: Buffer, bits: readonly number[]): Buffer {
  const flipped = Buffer.from(hash)
  for (const bit of bits) flipped[bit >> 3]! ^= 1 << (bit & 7)
  return flipped
}

const groupsOf = (photos: readonly DuplicateTraits[]): number[] => [...groupDuplicates(photos)]

/** Joins whatever belongs together until nothing changes any more. */
function naive(photos: readonly DuplicateTraits[]): number[] {
  const groups = photos.map((_, i) => i)
  const together = (a: number, b: number): boolean => {
    const [one, other] = [photos[a]!, photos[b]!]
    if (one.perceptualHash && other.perceptualHash)
      if (hashDistance(one.perceptualHash, other.perceptualHash) <= 7) return true
    return (
      one.takenAt !== null &&
      other.takenAt !== null &&
      one.camera === other.camera &&
      Math.abs(one.takenAt - other.takenAt) <= 10_000
    )
  }
  for (let changed = true; changed;) {
    changed = false
    for (const a of photos.keys())
      for (const b of photos.keys())
        if (groups[a]! < groups[b]! && together(a, b)) {
          groups[b] = groups[a]!
          changed = true
        }
  }
  return groups
}

describe('groupDuplicates', () => {
  test('makes groups of one photo where nothing is known', () => {
    expect(groupsOf([])).toEqual([])
    expect(groupsOf([plain, plain, plain])).toEqual([0, 1, 2])
  })

  test('joins copies whose hashes differ in up to seven bits, wherever these lie', () => {
    const hash = Buffer.from('0123456789abcdef', 'hex')
    const random = new Random('bits')
    for (let time = 0; time < 500; time++) {
      const bits = new Set<number>()
      while (bits.size < 8) bits.add(random.int(0, 63))
      const eight = [...bits]
      expect(groupsOf([hashed(hash), hashed(flip(hash, eight.slice(0, 7)))])).toEqual([0, 0])
      expect(groupsOf([hashed(hash), hashed(flip(hash, eight))])).toEqual([0, 1])
    }
    // One bit in each byte but one.
    expect(groupsOf([hashed(hash), hashed(flip(hash, [0, 9, 18, 27, 36, 45, 54]))])).toEqual([0, 0])
  })

  test('joins chains', () => {
    const hash = Buffer.alloc(8, 0x5a)
    const chain = [0, 1, 2, 3, 4].map(i =>
      hashed(
        flip(
          hash,
          Array.from({ length: 6 * i }, (_, bit) => bit),
        ),
      ),
    )
    expect(groupsOf(chain)).toEqual([0, 0, 0, 0, 0])
    expect(groupsOf(chain.toReversed())).toEqual([0, 0, 0, 0, 0])
    expect(groupsOf([chain[0]!, chain[4]!, chain[2]!])).toEqual([0, 1, 2])
    expect(groupsOf([chain[4]!, plain, chain[0]!, chain[3]!, chain[1]!, chain[2]!])).toEqual([
      0, 1, 0, 0, 0, 0,
    ])
  })

  test('joins bursts of one camera', () => {
    const shot = (takenAt: number, camera: string | null): DuplicateTraits => ({ ...plain, takenAt, camera })
    expect(groupsOf([shot(0, 'A'), shot(10_000, 'A'), shot(20_001, 'A')])).toEqual([0, 0, 2])
    expect(groupsOf([shot(0, 'A'), shot(5000, 'B'), shot(9000, 'A'), shot(14_000, 'B')])).toEqual([
      0, 1, 0, 1,
    ])
    // In whatever order they come; the moment before 1970, too.
    expect(groupsOf([shot(18_000, 'A'), shot(-1000, 'A'), shot(9000, 'A')])).toEqual([0, 0, 0])
    expect(groupsOf([shot(0, 'A'), { ...plain, camera: 'A' }, shot(60_000, 'A')])).toEqual([0, 1, 2])
  })

  test('joins what looks alike within a minute, by one camera', () => {
    const shot = (takenAt: number, camera: string | null): DuplicateTraits => ({ ...plain, takenAt, camera })
    const directions = [
      [1, 0.1, 0],
      [2, 0.3, 0.1],
      [0, 1, 0.2],
      [1, 0, 0.1],
    ].map(values => Float32Array.from(values))
    const featuresOf = (position: number): Float32Array | undefined => directions[position]
    const groups = (...photos: DuplicateTraits[]): number[] => [...groupDuplicates(photos, featuresOf)]
    // The first, second and fourth show the same thing.
    expect(groups(...[0, 25_000, 50_000, 65_000].map(at => shot(at, 'A')))).toEqual([0, 0, 2, 0])
    expect(groups(...[0, 61_000, 122_000, 183_000].map(at => shot(at, 'A')))).toEqual([0, 1, 2, 3])
    expect(groups(shot(0, 'A'), shot(25_000, 'B'), shot(50_000, 'A'), shot(65_000, null))).toEqual([
      0, 1, 2, 3,
    ])
    // Without features, or of length 0, nothing is alike.
    expect(groupsOf([0, 25_000].map(at => shot(at, 'A')))).toEqual([0, 1])
    const nothing = (): Float32Array => new Float32Array(3)
    expect([...groupDuplicates([shot(0, 'A'), shot(25_000, 'A')], nothing)]).toEqual([0, 1])
  })

  test('asks for features only where times are close and the photos are not joined yet', () => {
    const shot = (takenAt: number): DuplicateTraits => ({ ...plain, takenAt, camera: 'A' })
    const asked: number[] = []
    groupDuplicates([shot(0), shot(5000), shot(500_000), shot(540_000)], position => {
      asked.push(position)
      return undefined
    })
    expect(asked.sort()).toEqual([2, 3])
  })

  test('agrees with a naive search among all pairs', () => {
    const traits = fc.record({
      hash: fc.option(
        fc.record({
          base: fc.integer({ min: 0, max: 5 }),
          bits: fc.uniqueArray(fc.integer({ min: 0, max: 63 }), { maxLength: 10 }),
        }),
        { freq: 3 },
      ),
      takenAt: fc.option(fc.integer({ min: 0, max: 200 }).map(seconds => seconds * 1000)),
      camera: fc.constantFrom(null, 'A', 'B'),
    })
    const bases = Array.from({ length: 6 }, (_, i) => {
      const random = new Random(`base ${i}`)
      return Buffer.from(Array.from({ length: 8 }, () => random.int(0, 255)))
    })
    fc.assert(
      fc.property(fc.array(traits, { maxLength: 30 }), made => {
        const photos = made.map(({ hash, takenAt, camera }) => ({
          perceptualHash: hash && flip(bases[hash.base]!, hash.bits),
          takenAt,
          camera,
        }))
        expect(groupsOf(photos)).toEqual(naive(photos))
      }),
      { numRuns: 500 },
    )
  })

  test('finds every copy among thousands of photos', () => {
    const random = new Random('many')
    const photos: DuplicateTraits[] = []
    const expected: number[] = []
    for (let i = 0; i < 1500; i++) {
      const first = photos.length
      const hash = Buffer.from(Array.from({ length: 8 }, () => random.int(0, 255)))
      photos.push(hashed(hash))
      expected.push(first)
      const bits = Array.from({ length: 64 }, (_, bit) => ({ bit, at: random.next() }))
      bits.sort((a, b) => a.at - b.at)
      photos.push(
        hashed(
          flip(
            hash,
            bits.slice(0, random.int(0, 7)).map(({ bit }) => bit),
          ),
        ),
      )
      expected.push(first)
    }
    expect(groupsOf(photos)).toEqual(expected)
  })
})
