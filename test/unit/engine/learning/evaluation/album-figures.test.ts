import { describe, expect, test } from 'vitest'
import type { RankedResult } from '../../../../../electron/engine/learning/evaluation/retrieval-run.ts'
import { confusions, perAlbum } from '../../../../../electron/engine/learning/evaluation/album-figures.ts'
import type { TrainingSet } from '../../../../../electron/engine/learning/labels/training-set.ts'
import type { PhotoId } from '../../../../../electron/shared/ids.ts'

/** Two albums that teach and one that is too small; row 4 is in two of them, row 7 in none. */
const albumsOf = [[0], [0], [1], [1], [0, 1], [2], [1], []]
const set: TrainingSet = {
  ids: albumsOf.map((_, row) => (row + 1) as PhotoId),
  albumNames: ['Cats', 'Dogs', 'Small'],
  labels: { albumsOf, trainable: new Set([0, 1]), refusedBy: albumsOf.map(() => []), notLike: new Map() },
  refused: [[], [], []],
  groups: Int32Array.from(albumsOf, (_, row) => row),
  folds: new Int8Array(albumsOf.length),
  tooSmall: [],
}

const answer = (row: number, nearest: number, averagePrecisionAtR = 0.5): RankedResult => ({
  ...{
    row,
    nearest: nearest < 0 ? [] : [nearest],
    averagePrecisionAtR,
    rPrecision: averagePrecisionAtR,
    hitAt10: 1,
  },
  hitAt1: nearest >= 0 && albumsOf[row]!.some(album => albumsOf[nearest]!.includes(album)) ? 1 : 0,
})

describe('perAlbum', () => {
  test('measures each album by its queries, the largest gain first', () => {
    const before = [answer(0, 1, 0.5), answer(2, 3, 0.2), answer(4, 0, 0.4)]
    const after = [answer(0, 1, 0.4), answer(2, 3, 0.9), answer(4, 0, 0.6)]
    const figures = perAlbum(set, { before, after })
    expect(figures.map(({ album, photos }) => [album, photos])).toEqual([
      ['Dogs', 4],
      ['Cats', 3],
    ])
    const [dogs, cats] = figures
    expect([dogs!.before.queries, dogs!.after.queries]).toEqual([2, 2])
    expect(dogs!.before.mapAtR).toBeCloseTo(0.3)
    expect(dogs!.after.mapAtR).toBeCloseTo(0.75)
    expect(cats!.before.mapAtR).toBeCloseTo(0.45)
    expect(cats!.after.mapAtR).toBeCloseTo(0.5)
  })

  test('has zeros for an album without queries', () => {
    const figures = perAlbum(set, { before: [answer(0, 1)], after: [answer(0, 1)] })
    const dogs = figures.find(({ album }) => album === 'Dogs')!
    expect(dogs).toMatchObject({
      photos: 4,
      before: { queries: 0, mapAtR: 0 },
      after: { queries: 0, mapAtR: 0 },
    })
  })
})

describe('confusions', () => {
  test('lists those that became rarer and those that became more frequent', () => {
    const before = [answer(0, 2), answer(1, 3), answer(2, 3), answer(5, 0)]
    const after = [answer(0, 1), answer(1, 3), answer(2, 0), answer(5, 0)]
    expect(confusions(set, { before, after })).toEqual({
      gone: [{ album: 'Cats', takenFor: 'Dogs', before: 2, after: 1 }],
      come: [{ album: 'Dogs', takenFor: 'Cats', before: 0, after: 1 }],
    })
  })

  test('lists none where nothing has changed, nothing was found, or the nearest photo is in no album', () => {
    const same = [answer(0, 2), answer(2, 0)]
    expect(confusions(set, { before: same, after: same })).toEqual({ gone: [], come: [] })
    const odd = { before: [answer(0, -1), answer(1, 7)], after: [] }
    expect(confusions(set, odd)).toEqual({ gone: [], come: [] })
    // Found in an album that both share.
    expect(confusions(set, { before: [answer(4, 6)], after: [] })).toEqual({ gone: [], come: [] })
  })

  test('lists the largest changes first, at most twelve each way', () => {
    const names = Array.from({ length: 30 }, (_, i) => `Album ${i}`)
    const many: TrainingSet = {
      ...set,
      albumNames: names,
      labels: { ...set.labels, albumsOf: names.map((_, i) => [i]) },
    }
    const confused = (row: number): RankedResult => ({
      ...answer(0, 0),
      row,
      nearest: [(row + 1) % 30],
      hitAt1: 0,
    })
    const before = names.flatMap((_, i) => Array.from({ length: i }, () => confused(i)))
    const { gone, come } = confusions(many, { before, after: [] })
    expect(gone.map(({ before }) => before)).toEqual(Array.from({ length: 12 }, (_, i) => 29 - i))
    expect(come).toEqual([])
    const turned = confusions(many, { before: [], after: before })
    expect(turned.come.map(({ after }) => after)).toEqual(gone.map(({ before }) => before))
  })
})
