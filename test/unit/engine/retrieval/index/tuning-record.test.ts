import { expect, test } from 'vitest'
import { readTuning, writeTuning } from '../../../../../electron/engine/retrieval/index/tuning-record.ts'
import type { HeadId } from '../../../../../electron/shared/ids.ts'
import type { IndexTuning } from '../../../../../electron/shared/results.ts'
import { Scratch } from '../../scratch.ts'

const scratch = new Scratch()
const head = 1 as HeadId
const tuning: IndexTuning = {
  ...{ measuredAt: 1, vectors: 2, dimension: 3, queries: 4, reason: 'fast-enough', rows: [] },
}

test.each([
  ['Exact search is fast enough.', 'fast-enough'],
  ['Nothing faster finds enough of what exact search finds.', 'nothing-faster'],
  ['The fastest that finds what exact search finds.', 'fastest'],
  ['This machine has plain search only, which is exact.', 'exact-only'],
  ['fastest', 'fastest'],
])('readTuning: %s', (stored, reason) => {
  const { settings } = scratch.catalog()
  writeTuning(settings, head, { ...tuning, reason: stored as IndexTuning['reason'] })
  expect(readTuning(settings, head)).toEqual({ ...tuning, reason })
})

test('readTuning: knows nothing of a record that it cannot read', () => {
  const { settings } = scratch.catalog()
  writeTuning(settings, head, { ...tuning, reason: 'by magic' as IndexTuning['reason'] })
  expect(readTuning(settings, head)).toBeUndefined()
})
