import { beforeEach, describe, expect, it } from 'vitest'
import { Selection } from '../../../renderer/state/selection.svelte.ts'

describe('Selection', () => {
  const order = [10, 11, 12, 13, 14, 15]
  let selection: Selection
  const ids = (): number[] => [...selection.ids].sort((a, b) => a - b)
  beforeEach(() => {
    selection = new Selection()
  })

  it('selects one with a click', () => {
    selection.click(order, 1)
    selection.click(order, 3)
    expect(ids()).toEqual([13])
  })

  it('adds and takes away with Ctrl', () => {
    selection.click(order, 1)
    selection.click(order, 3, { toggle: true })
    selection.click(order, 1, { toggle: true })
    expect(ids()).toEqual([13])
  })

  it('extends from the anchor with Shift, in both directions', () => {
    selection.click(order, 2)
    selection.click(order, 4, { extend: true })
    expect(ids()).toEqual([12, 13, 14])
    selection.click(order, 0, { extend: true })
    expect(ids()).toEqual([10, 11, 12])
  })

  it('keeps the rest with Ctrl and Shift', () => {
    selection.click(order, 0)
    selection.click(order, 3, { toggle: true })
    selection.click(order, 4, { toggle: true, extend: true })
    expect(ids()).toEqual([10, 13, 14])
  })

  it('begins anew where the anchor is not in this order', () => {
    selection.click([99], 0)
    selection.click(order, 2, { extend: true })
    expect(ids()).toEqual([12])
  })

  it('forgets photos that are gone', () => {
    selection.all(order)
    expect(selection.size).toBe(6)
    selection.keepOnly(id => id % 2 === 0)
    expect(ids()).toEqual([10, 12, 14])
    selection.clear()
    expect(selection.size).toBe(0)
  })
})
