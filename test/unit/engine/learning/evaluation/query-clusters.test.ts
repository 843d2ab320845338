import { expect, test } from 'vitest'
import { clusterQueries } from '../../../../../electron/engine/learning/evaluation/query-clusters.ts'

test('queries are clustered by burst, and by the album that one model was asked for', () => {
  const set = {
    labels: { albumsOf: [[0], [0], [1, 0], [0], [1], [0]] },
    folds: Int8Array.of(0, 0, 0, 1, 0, 0),
    groups: Int32Array.of(0, 1, 2, 3, 4, 0),
  }
  const { bursts, albums } = clusterQueries(
    [5, 0, 1, 2, 3, 4].map(row => ({ row })),
    set,
  )
  expect([...bursts]).toEqual([0, 0, 1, 2, 3, 4])
  expect([...albums]).toEqual([0, 0, 0, 1, 2, 1])
})
