import { afterEach, expect, test, vi } from 'vitest'
import type { DesktopBridge, MenuCommand } from '../../../electron/shared/desktop.ts'
import type { Language } from '../../../electron/shared/languages.ts'
import { speak } from '../../../renderer/locales/i18n.ts'
import { jobs } from '../../../renderer/state/jobs.svelte.ts'
import { followMenus } from '../../../renderer/state/menu-commands.ts'
import { navigation } from '../../../renderer/state/navigation.svelte.ts'
import { shortcuts } from '../../../renderer/state/shortcuts.svelte.ts'

afterEach(() => vi.unstubAllGlobals())

/** The page of a desktop app: what it enabled in the menus, and how to choose an entry. */
function desktop() {
  let language: Language | undefined
  let enabled: readonly MenuCommand[] = []
  let choose: (command: MenuCommand) => void = () => undefined
  const kindred: Partial<DesktopBridge> = {
    setLanguage: chosen => (language = chosen),
    setMenuCommands: commands => (enabled = commands),
    onMenu: listener => {
      choose = listener
      return () => undefined
    },
  }
  vi.stubGlobal('window', { kindred })
  vi.stubGlobal('KeyboardEvent', Event)
  followMenus()
  return { language, enabled, choose: (command: MenuCommand) => choose(command) }
}

const keysOf: Partial<Record<MenuCommand, string>> = {
  undo: 'Mod+Z',
  'add-to-album': 'A',
  'find-similar': 'S',
  'more-like-this': 'M',
  'not-like-this': 'N',
}

test.each(Object.entries(keysOf))('the entry %s does what the key %s does', (command, keys) => {
  const { enabled, choose } = desktop()
  const run = vi.fn()
  const remove = shortcuts.register({ keys, label: 'keys.undo', group: 'photos', run })
  expect(enabled).toContain(command)
  choose(command as MenuCommand)
  expect(run).toHaveBeenCalledOnce()
  remove()
})

test('the menus speak the language of the page', () => {
  speak('de')
  expect(desktop().language).toBe('de')
  speak('en')
  expect(desktop().language).toBe('en')
})

test('entries open the model and the background work', () => {
  const { enabled, choose } = desktop()
  expect(enabled).toEqual(expect.arrayContaining(['show-model', 'show-jobs']))
  choose('show-model')
  expect(navigation.route).toEqual({ view: 'model' })
  choose('show-jobs')
  expect(jobs.open).toBe(true)
})

test('entries for what does not exist yet stay disabled', () => {
  const { enabled } = desktop()
  for (const command of ['trash', 'search', 'rate-3', 'show-duplicates', 'filters'] as const)
    expect(enabled).not.toContain(command)
})
