import { describe, expect, test } from 'vitest'
import type { RankedResult } from '../../../../../electron/engine/learning/evaluation/retrieval-run.ts'
import { permutationPValue } from '../../../../../electron/engine/learning/evaluation/permutation-test.ts'
import type { Clustering } from '../../../../../electron/engine/learning/evaluation/query-clusters.ts'
import { Random } from '../../../../../electron/shared/random.ts'

const ALBUMS = 5
const PHOTOS = 50
const FOLDS = 5
const LIMIT = 0.01

interface Draw {
  readonly albumsOf: number[][]
  readonly before: RankedResult[]
  readonly after: RankedResult[]
}

const answer = (row: number, nearest: number[]): RankedResult => ({
  ...{ row, nearest, hitAt1: 0, hitAt10: 0, rPrecision: 0, averagePrecisionAtR: 0 },
})

const set = (
  { albumsOf }: Draw,
  groups = Int32Array.from({ length: PHOTOS }, (_, row) => row),
): Clustering => ({
  labels: { albumsOf },
  folds: Int8Array.from({ length: PHOTOS }, (_, row) => Math.floor(row / ALBUMS) % FOLDS),
  groups,
})

/**
 * Labels dealt at random; the version after draws each fold to some places, so that queries of one place have the same
 * answers: right or wrong together.
 */
function clumped(seed: string): Draw {
  const random = new Random(seed)
  const rows = Array.from({ length: PHOTOS }, (_, row) => row)
  const albumsOf = random.shuffled(rows).map(place => [place % ALBUMS])
  const before = rows.map(row => answer(row, random.shuffled(rows.filter(r => r !== row)).slice(0, 10)))
  const places = Array.from({ length: FOLDS * 2 }, () => random.shuffled(rows).slice(0, 12))
  const after = rows.map(row => {
    const fold = Math.floor(row / ALBUMS) % FOLDS
    return answer(row, places[2 * fold + random.int(0, 1)]!.filter(r => r !== row).slice(0, 10))
  })
  return { albumsOf, before, after }
}

function learned(): Draw {
  const draw = clumped('learned')
  const own = (row: number): number[] =>
    draw.albumsOf.flatMap((albums, r) => (r !== row && albums[0] === draw.albumsOf[row]![0] ? [r] : []))
  return { ...draw, after: draw.after.map(({ row }) => answer(row, own(row))) }
}

describe('permutationPValue', () => {
  test('is small where the album is found, and the same each time', async () => {
    const draw = learned()
    const luck = await permutationPValue(draw, set(draw), LIMIT)
    expect(luck).toBeLessThan(0.001)
    expect(await permutationPValue(draw, set(draw), LIMIT)).toBe(luck)
  })

  test('can be smaller than the smallest limit, and stops early where it is larger', async () => {
    const draw = learned()
    expect(await permutationPValue(draw, set(draw), 0.0005)).toBeLessThan(0.0001)
    const meaningless = clumped('clumped 1')
    const wide = await permutationPValue(meaningless, set(meaningless), 1)
    expect(wide).toBeGreaterThan(0.1)
    const started = performance.now()
    const early = await permutationPValue(meaningless, set(meaningless), 0.00001)
    expect(performance.now() - started).toBeLessThan(5000)
    expect(Math.abs(early - wide)).toBeLessThan(0.2)
  })

  test('is 1 where nothing changed', async () => {
    const draw = learned()
    expect(await permutationPValue({ before: draw.after, after: draw.after }, set(draw), LIMIT)).toBe(1)
  })

  test('is uniform for meaningless labels, however strongly results depend on each other', async () => {
    const values: number[] = []
    for (let time = 0; time < 200; time++) {
      const draw = clumped(`clumped ${time}`)
      values.push(await permutationPValue(draw, set(draw), 1))
    }
    const share = (limit: number): number => values.filter(value => value <= limit).length / values.length
    expect(share(0.01)).toBeLessThanOrEqual(0.04)
    expect(share(0.1)).toBeLessThan(0.17)
    expect(share(0.5)).toBeGreaterThan(0.38)
    expect(share(0.5)).toBeLessThan(0.62)
  })

  test('keeps near-duplicates together', async () => {
    // Five bursts of ten, an album each: with one moment a fold there is nothing to swap.
    const albumsOf = Array.from({ length: PHOTOS }, (_, row) => [Math.floor(row / 10)])
    const rows = [...albumsOf.keys()]
    const draw: Draw = {
      albumsOf,
      before: rows.map(row => answer(row, [])),
      after: rows.map(row =>
        answer(
          row,
          rows.filter(r => r !== row && albumsOf[r]![0] === albumsOf[row]![0]),
        ),
      ),
    }
    const groups = Int32Array.from(rows, row => Math.floor(row / 10))
    const folds = Int8Array.from(groups)
    expect(await permutationPValue(draw, { ...set(draw), groups, folds }, LIMIT)).toBe(1)
    expect(await permutationPValue(draw, set(draw), LIMIT)).toBeLessThan(0.001)
  })

  test('handles photos in several albums', async () => {
    const draw = learned()
    const both = { ...draw, albumsOf: draw.albumsOf.map(albums => [...albums, ALBUMS]) }
    expect(await permutationPValue(both, set(both), LIMIT)).toBe(1)
  })
})
