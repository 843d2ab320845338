import { expect, test } from 'vitest'
import { Scratch } from '../../scratch.ts'

const scratch = new Scratch()

test('an entry of which a damaged page kept a part only is removed, the others stay', () => {
  const catalog = scratch.catalog()
  catalog.transaction(() => ['/a', '/b', '/c'].forEach(folder => catalog.addRoot(folder)))
  catalog.db.prepare('UPDATE outbox SET entry = substr(entry, 1, 40) WHERE id = 2').run()
  catalog.outbox.removeDamaged()
  expect(catalog.outbox.after(0).map(({ seq }) => seq)).toEqual([1, 3])
})
