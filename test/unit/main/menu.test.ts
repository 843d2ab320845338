import type { MenuItemConstructorOptions } from 'electron'
import { describe, expect, test, vi } from 'vitest'
import { menuCommands, type DesktopPlatform, type MenuCommand } from '../../../electron/shared/desktop.ts'

vi.mock('electron', () => import('../../mocks/electron.ts'))
const { Menu } = await import('../../mocks/electron.ts')
const { accelerators, menuTemplate, setMenu } = await import('../../../electron/main/menu.ts')
const { en } = await import('../../../electron/main/locales/en.ts')

const platforms: DesktopPlatform[] = ['linux', 'mac', 'windows']
const all = (items: MenuItemConstructorOptions[]): MenuItemConstructorOptions[] =>
  items.flatMap(item => [item, ...all((item.submenu ?? []) as MenuItemConstructorOptions[])])

function items(platform: DesktopPlatform, enabled?: ReadonlySet<MenuCommand>) {
  const send = vi.fn()
  const list = all(menuTemplate({ platform, texts: en, development: false, send, enabled }))
  return { list, send, byId: new Map(list.map(item => [item.id, item])) }
}

/** The keys of the interface that are commands. Keys for moving, selecting and the like have no menu item. */
const keys: Partial<Record<MenuCommand, string>> = {
  'find-similar': 'S',
  'large-view': 'Space',
  'select-all': 'CmdOrCtrl+A',
  'add-to-album': 'A',
  'not-like-this': 'N',
  'more-like-this': 'M',
  inspector: 'I',
  filters: 'F',
  search: '/',
  'rate-1': '1',
  'rate-2': '2',
  'rate-3': '3',
  'rate-4': '4',
  'rate-5': '5',
  trash: 'Delete',
  undo: 'CmdOrCtrl+Z',
  back: 'Alt+Left',
  forward: 'Alt+Right',
  'close-topmost': 'Esc',
  keys: '?',
}

describe.each(platforms)('menu on %s', platform => {
  test('holds every command exactly once, with its text', () => {
    const { list, byId } = items(platform)
    const found = list.flatMap(({ id }) => id ?? [])
    expect([...found].sort()).toEqual([...menuCommands].sort())
    for (const command of menuCommands) expect(byId.get(command)?.label).toBe(en.commands[command])
  })

  test('shows every key of the interface and takes none of them away from a text field', () => {
    const { byId } = items(platform)
    for (const [command, key] of Object.entries(keys)) {
      const item = byId.get(command)!
      const plain = !key.includes('+')
      expect(item.accelerator).toBe(platform === 'mac' && plain ? undefined : key)
      if (item.accelerator !== undefined) expect(item.registerAccelerator).toBe(false)
    }
  })

  test('has no key twice', () => {
    const shown = items(platform).list.flatMap(({ accelerator }) => accelerator ?? [])
    expect(new Set(shown).size).toBe(shown.length)
  })

  test('sends the chosen command', () => {
    const { byId, send } = items(platform)
    for (const command of menuCommands) {
      const { click } = byId.get(command)!
      click?.(undefined as never, undefined, undefined as never)
      expect(send).toHaveBeenLastCalledWith(command)
    }
  })

  test('has a text for every item but separators', () => {
    for (const { type, label } of items(platform).list) if (type !== 'separator') expect(label).toBeTruthy()
  })

  test('disables the other commands when some are enabled', () => {
    const { byId } = items(platform, new Set<MenuCommand>(['find-similar']))
    expect(byId.get('find-similar')?.enabled).toBe(true)
    expect(byId.get('trash')?.enabled).toBe(false)
    expect(items(platform).byId.get('trash')?.enabled).toBe(true)
  })

  test('has developer tools in a checkout only', () => {
    const options = { platform, texts: en, send: vi.fn() }
    const roles = (development: boolean) =>
      all(menuTemplate({ ...options, development })).flatMap(({ role }) => role ?? [])
    expect(roles(true)).toContain('toggleDevTools')
    expect(roles(false)).not.toContain('toggleDevTools')
    expect(roles(false)).toContain('quit')
  })
})

test('menu: every key belongs to an existing command', () =>
  expect(menuCommands).toEqual(expect.arrayContaining(Object.keys(accelerators))))

test('menu: is set as the application menu', () => {
  setMenu({ platform: 'linux', texts: en, development: false, send: vi.fn() })
  expect(Menu.setApplicationMenu).toHaveBeenCalledOnce()
})
