import { describe, expect, test } from 'vitest'
import { faissFlatIndexFactory } from '../../../../../electron/engine/retrieval/stores/faiss-flat-index.ts'
import type { FlatIndexFactory } from '../../../../../electron/engine/retrieval/stores/flat-index.ts'
import { plainFlatIndexFactory } from '../../../../../electron/engine/retrieval/stores/plain-flat-index.ts'
import { Random } from '../../../../../electron/shared/random.ts'
import { loadFaiss } from '../../../../../native/faiss.ts'

const faiss = loadFaiss()
const factories: [string, FlatIndexFactory | undefined][] = [
  ["faiss-node's IndexFlatL2", faiss.ok ? faissFlatIndexFactory(faiss.faiss) : undefined],
  ['plain TypeScript', plainFlatIndexFactory],
]

describe.each(factories)('flat index: %s', (_, factory) => {
  test.skipIf(!factory)('finds the same for many queries at once as for one at a time', () => {
    const random = new Random(3)
    const vectors = Float32Array.from({ length: 500 * 32 }, () => random.gauss())
    const index = factory!.create(32)
    index.add(vectors)
    const queries = Float32Array.from({ length: 40 * 32 }, () => random.gauss())
    const together = index.search(queries, 7)
    for (let q = 0; q < 40; q++) {
      const alone = index.search(queries.slice(q * 32, (q + 1) * 32), 7)
      expect(together.positions.slice(q * 7, q * 7 + 7)).toEqual(alone.positions)
    }
  })

  test.skipIf(!factory)('refuses bytes of another kind', () => {
    expect(() => factory!.deserialize(Buffer.from('rubbish, not an index at all'))).toThrow()
  })
})
