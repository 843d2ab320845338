// @vitest-environment jsdom
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { PhotoGridPointer } from '../../../../../renderer/components/photo-grid/pointer.ts'
import { contextMenu } from '../../../../../renderer/state/context-menu.svelte.ts'
import { selection } from '../../../../../renderer/state/selection.svelte.ts'
import { Property, idAt, squares } from './made-grid.svelte.ts'

describe('photo grid pointer', () => {
  const items = [{ label: 'Open', run: () => undefined }]
  const actions = { open: vi.fn(), findSimilar: vi.fn(), menu: vi.fn(() => items) }
  let active: Property<number | undefined>
  let grid: HTMLElement

  beforeEach(() => {
    vi.clearAllMocks()
    selection.clear()
    contextMenu.close()
    active = new Property<number | undefined>(undefined)
    grid = document.createElement('div')
    grid.innerHTML = [0, 1, 2, 3]
      .map(
        index =>
          `<div data-index="${index}" tabindex="-1"><img><button data-action="select"></button>` +
          `<button data-action="similar"></button><button class="other"></button></div>`,
      )
      .join('')
    document.body.replaceChildren(grid)
    const pointer = new PhotoGridPointer({ items: squares(4) }, active, actions)
    grid.addEventListener('click', pointer.click)
    grid.addEventListener('dblclick', pointer.doubleClick)
    grid.addEventListener('contextmenu', pointer.showMenu)
  })

  const on = (index: number, part = 'img'): Element =>
    grid.querySelector(`[data-index="${index}"]`)!.querySelector(part)!
  function send(target: Element, type: string, more: MouseEventInit = {}): MouseEvent {
    const event = new MouseEvent(type, { bubbles: true, cancelable: true, ...more })
    target.dispatchEvent(event)
    return event
  }
  const selected = (): number[] => [...selection.ids].sort((a, b) => a - b)

  test('a click selects a photo, makes it active and gives it the focus', () => {
    send(on(1), 'click')
    send(on(2), 'click')
    expect([selected(), active.value]).toEqual([[idAt(2)], idAt(2)])
    expect(document.activeElement).toBe(on(2).parentElement)
  })

  test('Ctrl, Cmd and the check mark add a photo, Shift extends to it', () => {
    send(on(0), 'click')
    send(on(2), 'click', { ctrlKey: true })
    expect(selected()).toEqual([0, 2].map(idAt))
    send(on(2, '[data-action=select]'), 'click')
    send(on(3), 'click', { metaKey: true })
    expect(selected()).toEqual([0, 3].map(idAt))
    send(on(1), 'click', { shiftKey: true })
    expect(selected()).toEqual([1, 2, 3].map(idAt))
  })

  test('a click beside the photos clears the selection', () => {
    send(on(0), 'click')
    send(grid, 'click')
    expect(selected()).toEqual([])
  })

  test('the button for similar photos searches and selects nothing', () => {
    send(on(3, '[data-action=similar]'), 'click')
    expect(actions.findSimilar).toHaveBeenCalledExactlyOnceWith(3)
    expect([selected(), active.value]).toEqual([[], idAt(3)])
  })

  test('other buttons on a photo are left to the view that put them there', () => {
    send(on(1, '.other'), 'click')
    expect([selected(), active.value]).toEqual([[], undefined])
  })

  test('a double click opens a photo, but not on a button', () => {
    send(on(1, '[data-action=select]'), 'dblclick')
    send(grid, 'dblclick')
    expect(actions.open).not.toHaveBeenCalled()
    send(on(1), 'dblclick')
    expect(actions.open).toHaveBeenCalledExactlyOnceWith(1)
  })

  test('a right click opens the menu of a photo and selects it', () => {
    send(on(0), 'click')
    const event = send(on(2), 'contextmenu', { clientX: 30, clientY: 40 })
    expect(event.defaultPrevented).toBe(true)
    expect(contextMenu.open).toEqual({ x: 30, y: 40, items })
    expect(actions.menu).toHaveBeenCalledExactlyOnceWith(2)
    expect([selected(), active.value]).toEqual([[idAt(2)], idAt(2)])
  })

  test('a right click on one of several selected photos keeps them selected', () => {
    send(on(0), 'click')
    send(on(2), 'click', { shiftKey: true })
    send(on(1), 'contextmenu')
    expect(selected()).toEqual([0, 1, 2].map(idAt))
  })

  test('a right click beside the photos is left to the browser', () => {
    expect(send(grid, 'contextmenu').defaultPrevented).toBe(false)
    expect(contextMenu.open).toBeUndefined()
  })
})
