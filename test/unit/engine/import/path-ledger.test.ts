import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PathLedger } from '../../../../electron/engine/import/path-ledger.ts'
import type { PhotoId } from '../../../../electron/shared/ids.ts'

type Library = Readonly<Record<string, number>>

function countsOf(before: Library, after: Library, known: readonly number[] = []) {
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

describe('path ledger', () => {
  test.each<[string, Library, Library, Partial<typeof none>]>([
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
    ['a copy of each of two', { a: 1, b: 2 }, { a: 1, b: 2, c: 1, d: 2 }, { copies: 2 }],
    ['both copies deleted', { a: 1, b: 1 }, {}, { removed: 1 }],
    ['renamed twice over: a ring of three', { a: 1, b: 2, c: 3 }, { a: 3, b: 1, c: 2 }, { moved: 3 }],
    ['edited, the original kept beside it', { a: 1 }, { a: 2, b: 1 }, { moved: 1, added: 1 }],
    ['a copy edited in place', { a: 1, b: 1 }, { a: 1, b: 2 }, { added: 1 }],
    ['a copy moved, the original deleted', { a: 1, b: 1 }, { c: 1 }, { moved: 1 }],
    ['renamed, and another put in its place', { a: 1 }, { a: 2, b: 1 }, { moved: 1, added: 1 }],
  ])('counts %s', (_, before, after, expected) => {
    expect(countsOf(before, after)).toEqual({ ...none, ...expected })
  })

  test('counts a photo that was missing and is back', () => {
    expect(countsOf({}, { a: 1 }, [1])).toEqual({ ...none, added: 1, restored: 1 })
    expect(countsOf({}, { a: 1, b: 1 }, [1])).toEqual({ ...none, added: 1, restored: 1, copies: 1 })
    expect(countsOf({ a: 2 }, { a: 2, b: 1 }, [1])).toEqual({ ...none, added: 1, restored: 1 })
    // Restored over another: to its path, an edit.
    expect(countsOf({ a: 2 }, { a: 1 }, [1])).toEqual({ ...none, updated: 1 })
  })

  test('always adds up: photos after = photos before + added − removed', () => {
    const library = fc.dictionary(
      fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
      fc.integer({ min: 1, max: 5 }),
    )
    fc.assert(
      fc.property(library, library, (before, after) => {
        const { added, removed, updated, moved, copies } = countsOf(before, after)
        const photos = (of: Library): number => new Set(Object.values(of)).size
        expect(photos(after)).toBe(photos(before) + added - removed)
        expect(Math.min(added, removed, updated, moved, copies)).toBeGreaterThanOrEqual(0)
      }),
      { numRuns: 3000 },
    )
  })

  test('adds up whatever was done in between, recorded in any order and more than once', () => {
    const path = fc.constantFrom('a', 'b', 'c', 'd', 'e')
    const operation = fc.oneof(
      fc.record({ do: fc.constant('write' as const), path, photo: fc.integer({ min: 1, max: 7 }) }),
      fc.record({ do: fc.constant('delete' as const), path }),
      fc.record({ do: fc.constant('move' as const), path, to: path }),
      fc.record({ do: fc.constant('copy' as const), path, to: path }),
      fc.record({ do: fc.constant('swap' as const), path, to: path }),
    )
    const before = fc.dictionary(path, fc.integer({ min: 1, max: 7 }))
    fc.assert(
      fc.property(
        before,
        fc.array(operation, { maxLength: 12 }),
        fc.subarray([1, 2, 3, 4, 5, 6, 7]),
        (library, steps, known) => {
          const now = new Map(Object.entries(library))
          const ledger = new PathLedger()
          const put = (at: string, photo: number | undefined): void => {
            // What a path held before is what the catalog says of it at that moment.
            ledger.record(at, (now.get(at) ?? null) as PhotoId | null, (photo ?? null) as PhotoId | null)
            if (photo === undefined) now.delete(at)
            else now.set(at, photo)
          }
          for (const step of steps) {
            const [held, other] = [now.get(step.path), 'to' in step ? now.get(step.to) : undefined]
            if (step.do === 'write') put(step.path, step.photo)
            else if (step.do === 'delete') put(step.path, undefined)
            else if (held === undefined) continue
            else {
              put(step.to, held)
              if (step.do === 'move' && step.to !== step.path) put(step.path, undefined)
              if (step.do === 'swap') put(step.path, other)
            }
          }
          const was = new Set([...Object.values(library), ...known])
          const counts = ledger.counts(
            photo => [...now.values()].filter(held => held === photo).length,
            photo => !was.has(photo),
          )
          expect(counts).toEqual(countsOf(library, Object.fromEntries(now), known))
          const { added, removed, updated, moved, copies, restored } = counts
          expect(new Set(now.values()).size).toBe(new Set(Object.values(library)).size + added - removed)
          expect(restored).toBeLessThanOrEqual(added)
          expect(Math.min(added, removed, updated, moved, copies, restored)).toBeGreaterThanOrEqual(0)
          // No more can have happened than there are paths that changed.
          const changed = ['a', 'b', 'c', 'd', 'e'].filter(at => library[at] !== now.get(at)).length
          expect(added + updated + moved + copies).toBeLessThanOrEqual(changed)
          expect(ledger.gained().union(ledger.lost()).size === 0).toBe(changed === 0)
        },
      ),
      { numRuns: 2000 },
    )
  })

  test('tells which photos got a path and which lost one', () => {
    const ledger = new PathLedger()
    const [one, two, three] = [1, 2, 3] as PhotoId[]
    ledger.record('edited', one!, two!)
    ledger.record('same', three!, three!)
    ledger.record('new', null, three!)
    ledger.record('gone', three!, null)
    expect([...ledger.gained()]).toEqual([2, 3])
    expect([...ledger.lost()]).toEqual([1, 3])
  })

  test('takes the first "before" and the last "after" of a path', () => {
    const ledger = new PathLedger()
    const [one, two] = [1, 2] as PhotoId[]
    ledger.record('a', one!, two!)
    ledger.record('a', two!, one!)
    expect(ledger.gained().size + ledger.lost().size).toBe(0)
  })
})
