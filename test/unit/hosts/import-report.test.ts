import { expect, test } from 'vitest'
import { importReport } from '../../../electron/hosts/report.ts'

test('photos that are there again are not called added, nor hard links copies alone', () => {
  const counts = { photos: 9, added: 3, restored: 1, updated: 0, moved: 0, removed: 0, copies: 2 }
  const report = importReport({ ...counts, failed: [], damaged: [], seconds: 1, photosPerSecond: 0 })
  expect(report).toContain('2 added, 1 found again, 2 further names or copies')
})
