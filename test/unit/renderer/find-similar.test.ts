import { beforeEach, describe, expect, test } from 'vitest'
import { MOST_EXAMPLES } from '../../../electron/shared/query-limits.ts'
import { findSimilarFrom, findSimilarTo, search } from '../../../renderer/state/find-similar.ts'
import { navigation } from '../../../renderer/state/navigation.svelte.ts'
import { selection } from '../../../renderer/state/selection.svelte.ts'
import { toasts } from '../../../renderer/state/toasts.svelte.ts'

const photos = (count: number): number[] => Array.from({ length: count }, (_, i) => 100 + i)
const examples = (ids: readonly number[]): { photo: number }[] => ids.map(photo => ({ photo }))

describe('find similar', () => {
  beforeEach(() => {
    navigation.go({ view: 'library' })
    selection.clear()
    toasts.list = []
  })

  test('searches by all selected photos when it begins at one of them, else by that photo alone', () => {
    selection.all([3, 4, 5])
    findSimilarFrom(4)
    expect(navigation.route).toMatchObject({ query: { examples: examples([3, 4, 5]) } })
    findSimilarFrom(9)
    expect(navigation.route).toMatchObject({ query: { examples: examples([9]) } })
  })

  test('searches by as many as a query can have, without a message', () => {
    findSimilarTo(photos(MOST_EXAMPLES))
    expect(navigation.route).toMatchObject({ query: { examples: examples(photos(MOST_EXAMPLES)) } })
    expect(toasts.list).toEqual([])
  })

  test.each([1001, 21_160])('says that %i are too many, and searches by none of them', count => {
    selection.all(photos(count))
    findSimilarFrom(100)
    expect(navigation.route).toEqual({ view: 'library' })
    expect(toasts.list.map(({ text }) => text)).toEqual([
      `Find similar takes 1,000 photos at most, and these are ${count.toLocaleString('en')}.`,
    ])
  })

  test('says so as well when a search is refined too often', () => {
    search({ examples: examples([1]), not: examples(photos(MOST_EXAMPLES + 1)) })
    expect(navigation.route).toEqual({ view: 'library' })
    expect(toasts.list).toHaveLength(1)
  })
})
