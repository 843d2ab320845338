import { Menu, type MenuItemConstructorOptions } from 'electron'
import type { DesktopPlatform, MenuCommand } from '../shared/desktop.ts'
import type { Texts } from './locales/en.ts'

/**
 * The keys of the commands, as the menus show them. The page handles the keys itself, because most are plain letters
 * that must still reach text fields; the menus only show them.
 */
export const accelerators: Partial<Record<MenuCommand, string>> = {
  'add-folders': 'CmdOrCtrl+O',
  rescan: 'F5',
  'open-image': 'CmdOrCtrl+Shift+O',
  settings: 'CmdOrCtrl+,',
  trash: 'Delete',
  undo: 'CmdOrCtrl+Z',
  'select-all': 'CmdOrCtrl+A',
  'find-similar': 'S',
  'more-like-this': 'M',
  'not-like-this': 'N',
  search: '/',
  filters: 'F',
  'add-to-album': 'A',
  'rate-0': '0',
  'rate-1': '1',
  'rate-2': '2',
  'rate-3': '3',
  'rate-4': '4',
  'rate-5': '5',
  'large-view': 'Space',
  inspector: 'I',
  sidebar: 'CmdOrCtrl+B',
  'larger-thumbnails': 'CmdOrCtrl+Plus',
  'smaller-thumbnails': 'CmdOrCtrl+-',
  back: 'Alt+Left',
  forward: 'Alt+Right',
  'close-topmost': 'Esc',
  keys: '?',
}

const isPlainKey = (accelerator: string): boolean => !/(Cmd|Ctrl|Alt)/.test(accelerator)

export interface MenuOptions {
  readonly platform: DesktopPlatform
  readonly texts: Texts
  /** Undefined: all commands. */
  readonly enabled?: ReadonlySet<MenuCommand> | undefined
  /** Adds Reload and Developer tools. */
  readonly development: boolean
  readonly send: (command: MenuCommand) => void
}

type Item = MenuItemConstructorOptions

export function menuTemplate(options: MenuOptions): Item[] {
  const { platform, texts, enabled, development, send } = options
  const { menus, roles } = texts
  const mac = platform === 'mac'
  const line: Item = { type: 'separator' }

  const command = (name: MenuCommand): Item => ({
    id: name,
    label: texts.commands[name],
    enabled: enabled?.has(name) ?? true,
    click: () => send(name),
    ...keyOf(name, mac),
  })

  const application: Item = {
    label: 'Kindred',
    submenu: [
      command('about'),
      line,
      command('settings'),
      line,
      { role: 'services', label: roles.services },
      line,
      { role: 'hide', label: roles.hide },
      { role: 'hideOthers', label: roles.hideOthers },
      { role: 'unhide', label: roles.showAll },
      line,
      { role: 'quit', label: roles.quit },
    ],
  }
  const file: Item = {
    label: menus.file,
    submenu: [
      ...(['add-folders', 'add-samples', 'rescan'] as const).map(command),
      line,
      command('open-image'),
      line,
      command('trash'),
      line,
      ...(mac
        ? [{ role: 'close', label: roles.close } as const]
        : [command('settings'), line, { role: 'quit', label: roles.quit } as const]),
    ],
  }
  const edit: Item = {
    label: menus.edit,
    submenu: [
      command('undo'),
      line,
      { role: 'cut', label: roles.cut },
      { role: 'copy', label: roles.copy },
      { role: 'paste', label: roles.paste },
      line,
      command('select-all'),
      command('select-none'),
      line,
      command('search'),
      command('filters'),
    ],
  }
  const photo: Item = {
    label: menus.photo,
    submenu: [
      ...(['find-similar', 'more-like-this', 'not-like-this'] as const).map(command),
      line,
      command('add-to-album'),
      {
        label: menus.rating,
        submenu: (['rate-5', 'rate-4', 'rate-3', 'rate-2', 'rate-1', 'rate-0'] as const).map(command),
      },
    ],
  }
  const view: Item = {
    label: menus.view,
    submenu: [
      ...(['large-view', 'inspector', 'sidebar'] as const).map(command),
      line,
      ...(['larger-thumbnails', 'smaller-thumbnails'] as const).map(command),
      line,
      { role: 'togglefullscreen', label: roles.fullScreen },
      ...(development
        ? [
            line,
            { role: 'reload', label: roles.reload } as const,
            { role: 'toggleDevTools', label: roles.developerTools } as const,
          ]
        : []),
    ],
  }
  const go: Item = {
    label: menus.go,
    submenu: [
      ...(['back', 'forward', 'close-topmost'] as const).map(command),
      line,
      ...(['show-photos', 'show-recent', 'show-duplicates', 'show-map', 'show-model'] as const).map(command),
      line,
      ...(['show-jobs', 'show-failed'] as const).map(command),
    ],
  }
  const window: Item = {
    label: menus.window,
    role: 'window',
    submenu: [
      { role: 'minimize', label: roles.minimize },
      { role: 'zoom', label: roles.zoom },
      line,
      { role: 'front', label: roles.front },
    ],
  }
  const help: Item = {
    label: menus.help,
    role: 'help',
    submenu: [command('keys'), ...(mac ? [] : [command('about')])],
  }
  return [...(mac ? [application] : []), file, edit, photo, view, go, ...(mac ? [window] : []), help]
}

/** On a Mac a shown accelerator is always registered too, so plain keys appear in the list of keys only. */
function keyOf(name: MenuCommand, mac: boolean): Pick<Item, 'accelerator' | 'registerAccelerator'> {
  const accelerator = accelerators[name]
  if (accelerator === undefined || (mac && isPlainKey(accelerator))) return {}
  return { accelerator, registerAccelerator: false }
}

export function setMenu(options: MenuOptions): void {
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(options)))
}
