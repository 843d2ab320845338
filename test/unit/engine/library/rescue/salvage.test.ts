import { expect, test } from 'vitest'
import { fillGaps, salvage } from '../../../../../electron/engine/library/rescue/salvage.ts'
import { codeOf, Scratch } from '../../scratch.ts'

const scratch = new Scratch()

test('a full disk ends a salvage and is not taken for damage', async () => {
  const source = scratch.catalog()
  for (let i = 0; i < 500; i++) source.settings.set(`key ${i}`, 'x'.repeat(1000))
  const target = scratch.catalog().db
  target.pragma(`max_page_count = ${target.pragma('page_count', { simple: true }) as number}`)
  expect(await codeOf(() => salvage(source.file, target))).toBe('disk-full')
  expect(await codeOf(() => fillGaps(source.db, target, new Map()))).toBe('disk-full')
  target.pragma('max_page_count = 100000')
  expect(salvage(source.file, target).get('setting')).toMatchObject({ isWhole: true })
  expect(target.prepare("SELECT count(*) FROM setting WHERE key LIKE 'key %'").pluck().get()).toBe(500)
})
