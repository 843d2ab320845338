import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { FlatStore, flatStoreFactory } from '../../../../../electron/engine/retrieval/stores/flat-store.ts'
import { plainFlatIndexFactory } from '../../../../../electron/engine/retrieval/stores/plain-flat-index.ts'
import { Scratch } from '../../scratch.ts'

const scratch = new Scratch()

test('flat store: is not read back where ids and vectors differ in number', () => {
  const file = join(scratch.folder(), 'vectors')
  const store = FlatStore.empty(plainFlatIndexFactory, 4)
  store.add([1, 2], new Float32Array(8))
  writeFileSync(file, '')
  store.append(file)
  const factory = flatStoreFactory(plainFlatIndexFactory)
  expect(factory.read(file, 0, 2).size).toBe(2)
  expect(() => factory.read(file, 0, 1)).toThrow(RangeError)
  expect(() => factory.read(file, 0, 3)).toThrow(RangeError)
  expect(() => factory.read(file, 0, 3000)).toThrow(RangeError)
})
