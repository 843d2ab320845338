import type { MenuCommand } from '../../electron/shared/desktop.ts'
import { language } from '../locales/i18n.ts'
import { addPhotos } from './add-photos.svelte.ts'
import { jobs } from './jobs.svelte.ts'
import { navigation } from './navigation.svelte.ts'
import { pickImage } from './external-image.ts'
import { preferences } from './preferences.svelte.ts'
import { selection } from './selection.svelte.ts'
import { shortcuts } from './shortcuts.svelte.ts'
import { sidebar } from './sidebar.svelte.ts'

export const THUMBNAIL_STEP = 32

/** What the entries of the desktop app's menus do. An entry that has a shortcut runs the shortcut. */
const commands: Partial<Record<MenuCommand, () => void>> = {
  'add-folders': () => void addPhotos.choose(),
  'add-samples': () => void addPhotos.addSamples(),
  rescan: () => void addPhotos.rescan(),
  'open-image': pickImage,
  settings: () => navigation.go({ view: 'settings' }),
  about: () => navigation.go({ view: 'settings' }),
  undo: () => shortcuts.press('Mod+Z'),
  'select-all': () => shortcuts.press('Mod+A'),
  'select-none': () => selection.clear(),
  'find-similar': () => shortcuts.press('S'),
  'more-like-this': () => shortcuts.press('M'),
  'not-like-this': () => shortcuts.press('N'),
  'add-to-album': () => shortcuts.press('A'),
  'large-view': () => shortcuts.press('Space'),
  inspector: () => shortcuts.press('I'),
  sidebar: () => sidebar.toggle(),
  'larger-thumbnails': () => (preferences.rowHeight += THUMBNAIL_STEP),
  'smaller-thumbnails': () => (preferences.rowHeight -= THUMBNAIL_STEP),
  back: () => navigation.back(),
  forward: () => navigation.forward(),
  'close-topmost': () => shortcuts.press('Escape'),
  'show-photos': () => navigation.go({ view: 'library' }),
  'show-recent': () => navigation.go({ view: 'library', order: 'recent' }),
  'show-model': () => navigation.go({ view: 'model' }),
  'show-jobs': () => (jobs.open = true),
  'show-failed': () => navigation.go({ view: 'failed' }),
  keys: () => shortcuts.press('?'),
}

/** Connects the desktop app's menus, if there are any, and has them speak the page's language. */
export function followMenus(): void {
  window.kindred?.setLanguage(language())
  window.kindred?.setMenuCommands(Object.keys(commands) as MenuCommand[])
  window.kindred?.onMenu(command => commands[command]?.())
}
