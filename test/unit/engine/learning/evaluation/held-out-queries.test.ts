import { describe, expect, test } from 'vitest'
import { heldOutQueries } from '../../../../../electron/engine/learning/evaluation/held-out-queries.ts'
import type { TrainingSet } from '../../../../../electron/engine/learning/labels/training-set.ts'
import type { PhotoId } from '../../../../../electron/shared/ids.ts'

const albumsOf = [[0], [0], [1], [0, 1], [], [0]]
const set = {
  ids: [10, 11, 12, 13, 14, 15] as PhotoId[],
  labels: { albumsOf, trainable: new Set([0]), refusedBy: [], notLike: new Map() },
  folds: Int8Array.from([0, 1, 0, 0, 0, 0]),
  groups: Int32Array.from([0, 1, 2, 3, 4, 0]),
} as unknown as TrainingSet

describe('heldOutQueries', () => {
  test('are the photos of the fold in a trainable album', () => {
    const { queries, ids, classesOf, groups } = heldOutQueries(set, 0, new Set())
    expect(queries).toEqual([0, 3, 5])
    expect([ids, classesOf, groups]).toEqual([set.ids, albumsOf, set.groups])
    expect(heldOutQueries(set, 1, new Set()).queries).toEqual([1])
    expect(heldOutQueries(set, 2, new Set()).queries).toEqual([])
  })

  test('leave out photos that the version before was trained on', () => {
    expect(heldOutQueries(set, 0, new Set([12, 13] as PhotoId[])).queries).toEqual([0, 5])
  })

  test('leave out near-duplicates of photos that the version before was trained on', () => {
    expect(heldOutQueries(set, 0, new Set([10] as PhotoId[])).queries).toEqual([3])
  })
})
