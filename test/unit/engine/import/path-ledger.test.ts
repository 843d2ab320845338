import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PathLedger } from '../../../../electron/engine/import/path-ledger.ts'
import type { PhotoId } from '../../../../electron/shared/ids.ts'

type Library = Readonly<Record<string, number>>

function told(before: Library, after: Library, known: readonly number[] = []) {
  const ledger = new PathLedger()
  for (const path of new Set([...Object.keys(before), ...Object.keys(after)]))
    ledger.record(path, (before[path] ?? null) as PhotoId | null, (after[path] ?? null) as PhotoId | null)
  const paths = Object.values(after)
  const was = new Set([...Object.values(before), ...known])
  return ledger.counts(
    photo => paths.filter(other => other === photo).length,
    photo => !was.has(photo),
  )
}

const none = { added: 0, updated: 0, moved: 0, removed: 0, restored: 0, copies: 0 }

describe('what a run changed', () => {
  it.each<[string, Library, Library, Partial<typeof none>]>([
    ['nothing', { a: 1 }, { a: 1 }, {}],
    ['a new photo', {}, { a: 1 }, { added: 1 }],
    ['a rename', { a: 1 }, { b: 1 }, { moved: 1 }],
    ['an edit in place', { a: 1 }, { a: 2 }, { updated: 1 }],
    ['a deletion', { a: 1 }, {}, { removed: 1 }],
    ['a copy', { a: 1 }, { a: 1, b: 1 }, { copies: 1 }],
    ['a new photo in two places', {}, { a: 1, b: 1 }, { added: 1, copies: 1 }],
    ['one of two copies deleted', { a: 1, b: 1 }, { a: 1 }, {}],
    ['two files swapped', { a: 1, b: 2 }, { a: 2, b: 1 }, { moved: 2 }],
    ['one written over another', { a: 1, b: 2 }, { a: 2 }, { moved: 1, removed: 1 }],
    ['renamed, and another put in its place', { a: 1 }, { a: 2, b: 1 }, { moved: 1, added: 1 }],
  ])('%s', (_, before, after, expected) => {
    expect(told(before, after)).toEqual({ ...none, ...expected })
  })

  it('a photo that was missing and is back', () => {
    expect(told({}, { a: 1 }, [1])).toEqual({ ...none, added: 1, restored: 1 })
  })

  it('always adds up: photos after = photos before + added − removed', () => {
    const library = fc.dictionary(
      fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
      fc.integer({ min: 1, max: 5 }),
    )
    fc.assert(
      fc.property(library, library, (before, after) => {
        const { added, removed, updated, moved, copies } = told(before, after)
        const photos = (of: Library): number => new Set(Object.values(of)).size
        expect(photos(after)).toBe(photos(before) + added - removed)
        expect(Math.min(added, removed, updated, moved, copies)).toBeGreaterThanOrEqual(0)
      }),
      { numRuns: 3000 },
    )
  })
})
