import { describe, expect, test } from 'vitest'
import type { QuerySpec } from '../../../renderer/state/navigation.svelte.ts'
import { removable, reweighted, turned, weightOf, without } from '../../../renderer/state/query-examples.ts'

const [a, b, c] = [{ photo: 1 }, { photo: 2, weight: 0.5 }, { photo: 3 }]
const query: QuerySpec = { examples: [a, b], not: [c] }

describe('the examples of a query', () => {
  test('count for more or less, within the scale', () => {
    const at = (query: QuerySpec): number => weightOf(query.examples[1]!)
    let changed = query
    const seen = [1, 1, 1, 1, -1].map(steps =>
      at((changed = reweighted(changed, changed.examples[1]!, steps))),
    )
    expect(seen).toEqual([1, 2, 4, 4, 2])
    expect(changed).toMatchObject({ examples: [a, { photo: 2 }], not: [c] })
    expect(at(reweighted(query, b, -7))).toBe(0.25)
  })

  test('change sides', () => {
    expect(turned(query, b)).toEqual({ examples: [a], not: [c, b] })
    expect(turned(query, c)).toEqual({ examples: [a, b, c], not: [] })
  })

  test('are taken away, all but the last that results should be like', () => {
    const one = without(query, a)
    expect(one).toEqual({ examples: [b], not: [c] })
    expect([removable(query, a), removable(one, b), removable(one, c)]).toEqual([true, false, true])
  })
})
