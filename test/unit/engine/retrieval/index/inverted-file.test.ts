import { expect, test } from 'vitest'
import { listsFor } from '../../../../../electron/engine/retrieval/index/inverted-file.ts'

test('inverted file: its number of lists is a power of two near twice the root of the number of photos', () => {
  expect([100_000, 1_000_000, 10_000_000].map(listsFor)).toEqual([512, 2048, 8192])
})
