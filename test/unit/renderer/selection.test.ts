import { beforeEach, describe, expect, test } from 'vitest'
import { Selection } from '../../../renderer/state/selection.svelte.ts'

describe('selection', () => {
  const order = [10, 11, 12, 13, 14, 15]
  let selection: Selection
  const ids = (): number[] => [...selection.ids].sort((a, b) => a - b)
  beforeEach(() => {
    selection = new Selection()
  })

  test('is one photo after a click', () => {
    selection.click(order, 1)
    selection.click(order, 3)
    expect(ids()).toEqual([13])
  })

  test('adds and removes with Ctrl', () => {
    selection.click(order, 1)
    selection.click(order, 3, { toggle: true })
    selection.click(order, 1, { toggle: true })
    expect(ids()).toEqual([13])
  })

  test('is restored as it was, with the photo that Shift extends it from', () => {
    selection.restore(new Set([11, 14]), 14)
    expect(ids()).toEqual([11, 14])
    selection.click(order, 5, { extend: true, toggle: true })
    expect(ids()).toEqual([11, 14, 15])
    selection.restore(undefined, undefined)
    expect(ids()).toEqual([])
  })

  test('extends from the anchor with Shift, in both directions', () => {
    selection.click(order, 2)
    selection.click(order, 4, { extend: true })
    expect(ids()).toEqual([12, 13, 14])
    selection.click(order, 0, { extend: true })
    expect(ids()).toEqual([10, 11, 12])
  })

  test('keeps the rest when it extends with Ctrl and Shift', () => {
    selection.click(order, 0)
    selection.click(order, 3, { toggle: true })
    selection.click(order, 4, { toggle: true, extend: true })
    expect(ids()).toEqual([10, 13, 14])
  })

  test('starts again if the anchor is not in this grid', () => {
    selection.click([99], 0)
    selection.click(order, 2, { extend: true })
    expect(ids()).toEqual([12])
  })

  test('forgets photos that are gone', () => {
    selection.all(order)
    expect(selection.size).toBe(6)
    selection.keepOnly(id => id % 2 === 0)
    expect(ids()).toEqual([10, 12, 14])
    selection.clear()
    expect(selection.size).toBe(0)
  })

  test('is what an action on one of its photos is for; on another photo it is for that one', () => {
    selection.click(order, 1)
    selection.click(order, 2, { extend: true })
    expect(selection.including(12)).toEqual([11, 12])
    expect(selection.including(15)).toEqual([15])
  })
})
