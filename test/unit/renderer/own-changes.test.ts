import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { OwnChanges } from '../../../renderer/state/own-changes.ts'

describe('own changes', () => {
  test('are undone and redone like the text of an editor', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('make', 'undo', 'redo')), steps => {
        const own = new OwnChanges()
        let [done, undone]: [number[], number[]] = [[], []]
        for (const [change, step] of steps.entries()) {
          const [last, next] = [done.at(-1), undone.at(-1)]
          if (step === 'make') {
            own.made(change)
            ;[done, undone] = [[...done, change], []]
          } else if (step === 'undo' && last !== undefined) {
            own.undid(last)
            ;[done, undone] = [done.slice(0, -1), [...undone, last]]
          } else if (step === 'redo' && next !== undefined) {
            own.redid(next)
            ;[done, undone] = [[...done, next], undone.slice(0, -1)]
          }
          expect([own.nextToUndo, own.nextToRedo]).toEqual([done.at(-1), undone.at(-1)])
        }
      }),
    )
  })

  test('forget what is gone', () => {
    const own = new OwnChanges()
    own.made(1)
    own.made(2)
    own.forget(2)
    expect([own.nextToUndo, own.nextToRedo]).toEqual([1, undefined])
  })
})
