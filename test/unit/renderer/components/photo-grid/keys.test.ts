// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { PhotoGridKeys } from '../../../../../renderer/components/photo-grid/keys.svelte.ts'
import { PADDING } from '../../../../../renderer/components/photo-grid/layout.svelte.ts'
import { selection } from '../../../../../renderer/state/selection.svelte.ts'
import { Shortcuts } from '../../../../../renderer/state/shortcuts.svelte.ts'
import { viewer } from '../../../../../renderer/state/viewer.svelte.ts'
import { Property, idAt, laidOut, scrollingOver, squares } from './made-grid.svelte.ts'

describe('photo grid keys', () => {
  const layout = laidOut(squares(90), 612 + 2 * PADDING)
  const actions = { open: vi.fn(), findSimilar: vi.fn(), menu: () => [] }
  let scrolling: ReturnType<typeof scrollingOver>
  let active: Property<number | undefined>
  let keys: PhotoGridKeys
  let shortcuts: Shortcuts

  const press = (key: string, more: KeyboardEventInit = {}): boolean =>
    shortcuts.handle(new KeyboardEvent('keydown', { key, cancelable: true, ...more }))
  const selected = (): number[] => [...selection.ids].sort((a, b) => a - b)

  function start(photo?: number): void {
    scrolling = scrollingOver(layout, 600)
    document.body.replaceChildren(scrolling.element!)
    active = new Property<number | undefined>(photo)
    keys = new PhotoGridKeys(layout, scrolling, active, actions)
    shortcuts = new Shortcuts()
    shortcuts.register(...keys.shortcuts())
  }

  beforeEach(() => start(idAt(4)))
  afterEach(() => {
    selection.clear()
    vi.clearAllMocks()
  })

  test.each([
    ['ArrowLeft', 3],
    ['ArrowRight', 5],
    ['ArrowUp', 1],
    ['ArrowDown', 7],
    ['Home', 0],
    ['End', 89],
    ['PageDown', 10],
    ['PageUp', 1],
  ])('%s moves from photo 4 to photo %i and selects it', (key, to) => {
    expect(press(key)).toBe(true)
    expect([active.value, selected()]).toEqual([idAt(to), [idAt(to)]])
  })

  test('an arrow key first steps into what is in sight', () => {
    start()
    scrolling.scrollTo(layout.rows.rowTop[15]!)
    const first = scrolling.firstInSight()
    press('ArrowRight')
    expect([active.value, first]).toEqual([idAt(45), 45])
  })

  test('Shift extends the selection from the active photo', () => {
    press('ArrowRight', { shiftKey: true })
    press('ArrowRight', { shiftKey: true })
    expect(selected()).toEqual([4, 5, 6].map(idAt))
    press('ArrowLeft', { shiftKey: true })
    expect(selected()).toEqual([4, 5].map(idAt))
  })

  test('the photo that is moved to comes into sight and gets the focus', async () => {
    const tile = document.createElement('div')
    tile.tabIndex = -1
    tile.dataset.index = '89'
    scrolling.element!.append(tile)
    press('End')
    expect(scrolling.range[1]).toBe(90)
    await vi.waitFor(() => expect(document.activeElement).toBe(tile))
  })

  test('S finds similar photos, Space and Enter open the active one', () => {
    press('s')
    expect(actions.findSimilar).toHaveBeenCalledExactlyOnceWith(4)
    press(' ')
    press('Enter')
    expect(actions.open.mock.calls).toEqual([[4], [4]])
  })

  test('S, Space and Enter need an active photo that is in the grid', () => {
    for (const photo of [undefined, 7]) {
      start(photo)
      expect(['s', ' ', 'Enter'].map(key => press(key))).toEqual([false, false, false])
    }
  })

  test('keys do nothing while the focus is elsewhere, and Enter on a button is the button’s', () => {
    const elsewhere = document.body.appendChild(document.createElement('button'))
    elsewhere.focus()
    expect([press('ArrowRight'), press('s'), press('Enter')]).toEqual([false, false, false])
    const inside = scrolling.element!.appendChild(document.createElement('button'))
    inside.focus()
    expect([press('s'), press('Enter')]).toEqual([true, false])
  })

  test('Mod+A selects all, Escape nothing', () => {
    press('a', { ctrlKey: true })
    expect(selection.size).toBe(90)
    expect(press('Escape')).toBe(true)
    expect(selection.size).toBe(0)
    expect(press('Escape')).toBe(false)
  })

  test('Tab leads to the active photo, or else to the first that is drawn', () => {
    expect(keys.focusable).toBe(4)
    start(7)
    scrolling.scrollTo(4000)
    expect(keys.focusable).toBe(scrolling.range[0])
  })

  test('the photo in the large view is active, in sight, and the only one that is selected', () => {
    onTestFinished(() => viewer.close())
    const look = (index: number): void => {
      viewer.open(idAt(index))
      keys.followViewer()
    }
    look(4)
    expect([active.value, selected()]).toEqual([idAt(4), [idAt(4)]])
    look(80)
    expect([active.value, selected()]).toEqual([idAt(80), [idAt(80)]])
    expect(scrolling.range[0]).toBeLessThanOrEqual(80)
    expect(scrolling.range[1]).toBeGreaterThan(80)
  })

  test('opening the large view on one of several selected photos keeps them, moving there does not', () => {
    onTestFinished(() => viewer.close())
    selection.all([3, 4, 5].map(idAt))
    viewer.open(idAt(4), [4, 5].map(idAt))
    keys.followViewer()
    expect(selected()).toEqual([3, 4, 5].map(idAt))
    viewer.step(1)
    keys.followViewer()
    expect(selected()).toEqual([idAt(5)])
  })

  test('a photo of elsewhere in the large view changes nothing in the grid', () => {
    onTestFinished(() => viewer.close())
    viewer.open(7)
    keys.followViewer()
    expect([active.value, selected()]).toEqual([idAt(4), []])
  })

  test('a photo that the caller makes active comes into sight, one that is in sight stays where it is', () => {
    start(idAt(0))
    active.value = idAt(4)
    keys.followActive()
    expect(scrolling.viewTop).toBe(0)
    start(idAt(80))
    keys.followActive()
    expect(scrolling.viewTop).toBe(0)
    start(idAt(0))
    active.value = idAt(80)
    keys.followActive()
    expect(scrolling.viewTop).toBeGreaterThan(0)
  })
})
