import { describe, expect, test, vi } from 'vitest'
import { speak } from '../../../renderer/locales/i18n.ts'
import { capsOf, nameOf, Shortcuts } from '../../../renderer/state/shortcuts.svelte.ts'

const key = (name: string, more: Partial<KeyboardEvent> = {}): KeyboardEvent =>
  ({ key: name, target: null, preventDefault: () => undefined, ...more }) as KeyboardEvent

describe('shortcut keys', () => {
  test.each([
    ['s', {}, 'S'],
    ['?', { shiftKey: true }, '?'],
    [' ', {}, 'Space'],
    ['ArrowLeft', { altKey: true }, 'Alt+ArrowLeft'],
    ['ArrowRight', { shiftKey: true }, 'Shift+ArrowRight'],
    ['a', { ctrlKey: true }, 'Mod+A'],
    ['Z', { ctrlKey: true, shiftKey: true }, 'Mod+Shift+Z'],
  ])('%s with %o is %s', (name, more, expected) => expect(nameOf(key(name, more))).toBe(expected))

  test('are shown as key caps', () => {
    expect(capsOf('Alt+ArrowLeft')).toEqual(['Alt', '←'])
    expect(capsOf('+')).toEqual(['+'])
    expect(capsOf('Mod+Shift+Z')).toEqual(['Ctrl', 'Shift', 'Z'])
  })
})

test('key caps are called as on keyboards of the language', () => {
  speak('de')
  expect(capsOf('Mod+Delete')).toEqual(['Strg', 'Entf'])
  expect(capsOf('Space')).toEqual(['Leertaste'])
  speak('en')
})

describe('shortcuts', () => {
  test('run the last registered one that applies', () => {
    const shortcuts = new Shortcuts()
    const [below, above] = [vi.fn(), vi.fn()]
    let open = true
    shortcuts.register({ keys: 'Escape', label: 'keys.close', group: 'view', run: below })
    const off = shortcuts.register({
      keys: ['Escape', 'Q'],
      label: 'keys.close',
      group: 'view',
      when: () => open,
      run: above,
    })
    expect(shortcuts.handle(key('Escape'))).toBe(true)
    open = false
    shortcuts.handle(key('Escape'))
    expect([above.mock.calls.length, below.mock.calls.length]).toEqual([1, 1])
    off()
    expect(shortcuts.handle(key('q'))).toBe(false)
  })

  test('do not run while a modal dialog is open', () => {
    const shortcuts = new Shortcuts()
    const run = vi.fn()
    shortcuts.register({ keys: 'S', label: 'keys.findSimilar', group: 'photos', run })
    expect(shortcuts.handle(key('s'), true)).toBe(false)
    expect(run).not.toHaveBeenCalled()
  })
})
