import { describe, expect, test, vi } from 'vitest'
import { Viewer } from '../../../renderer/state/viewer.svelte.ts'

function opened(id: number, list: readonly number[]): Viewer {
  const viewer = new Viewer()
  viewer.open(id, list)
  return viewer
}

describe('large view', () => {
  test('moves through its list, to its ends, and no further', () => {
    const viewer = opened(6, [5, 6, 7])
    viewer.step(1)
    viewer.step(1)
    expect([viewer.photo, viewer.index]).toEqual([7, 2])
    viewer.toFirst()
    expect([viewer.photo, viewer.neighbour(-1)]).toEqual([5, undefined])
    viewer.toLast()
    expect(viewer.photo).toBe(7)
  })

  test('jumps to similar photos as steps that Back undoes, and goes on through the list', () => {
    const viewer = opened(6, [5, 6, 7])
    viewer.jump(7)
    viewer.jump(99)
    expect([viewer.photo, viewer.index, viewer.canGoBack]).toEqual([99, -1, true])
    expect([viewer.neighbour(-1), viewer.neighbour(1)]).toEqual([7, undefined])
    viewer.back()
    expect([viewer.photo, viewer.index]).toEqual([7, 2])
    viewer.back()
    expect([viewer.photo, viewer.canGoBack]).toEqual([6, false])
    viewer.jump(99)
    viewer.step(1)
    expect(viewer.photo).toBe(7)
  })

  test('forgets its steps when it is closed', () => {
    const viewer = opened(6, [5, 6, 7])
    viewer.jump(7)
    viewer.close()
    viewer.open(5, [5])
    expect(viewer.canGoBack).toBe(false)
  })

  test('shows the next photo after one has left the list, then the one before, then none', () => {
    const viewer = opened(6, [5, 6, 7])
    viewer.drop()
    expect([viewer.photo, viewer.index, viewer.list.length]).toEqual([7, 1, 2])
    viewer.drop()
    expect(viewer.photo).toBe(5)
    viewer.drop()
    expect(viewer.photo).toBeUndefined()
  })

  test('knows what the page that it was opened from can do, until it is opened from another', () => {
    const takeOut = vi.fn()
    const viewer = new Viewer()
    viewer.open(5, [5], { takeOut })
    expect(viewer.actions.takeOut).toBe(takeOut)
    viewer.open(5, [5])
    expect(viewer.actions.takeOut).toBeUndefined()
  })
})
