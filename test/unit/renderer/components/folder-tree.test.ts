// @vitest-environment jsdom
import { flushSync, tick } from 'svelte'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Events } from '../../../../electron/shared/contract.ts'
import FolderTree from '../../../../renderer/components/FolderTree.svelte'
import type { Connection } from '../../../../renderer/state/connection.svelte.ts'
import { folders } from '../../../../renderer/state/folders.svelte.ts'
import { navigation } from '../../../../renderer/state/navigation.svelte.ts'
import { show } from './shown.ts'

beforeEach(() => {
  // jsdom measures nothing.
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe = vi.fn()
      disconnect = vi.fn()
    },
  )
})
afterEach(() => navigation.go({ view: 'library' }))

async function shownTree(): Promise<HTMLElement> {
  const list = ['/photos', '/photos/2020', '/photos/2020/may', '/photos/2021'].map((path, n) => ({
    path,
    photos: 1000 + n,
  }))
  let tell: (status: Events['library']) => void = () => undefined
  folders.start({
    call: async () => ({ folders: list }),
    on: (_: string, listener: typeof tell) => (tell = listener),
  } as unknown as Connection)
  const root = show(FolderTree, {})
  tell({ generation: Math.random(), away: ['/photos/2021'] } as unknown as Events['library'])
  await vi.waitFor(() => {
    flushSync()
    expect(root.querySelectorAll('[role=treeitem]').length).toBeGreaterThan(0)
  })
  return root
}

const items = (root: HTMLElement): HTMLElement[] => [...root.querySelectorAll<HTMLElement>('[role=treeitem]')]
const nameOf = (item: Element | null | undefined): string =>
  item?.querySelector('.label')?.textContent ?? 'nothing'

async function press(...keys: string[]): Promise<string> {
  for (const key of keys) {
    document.activeElement!.dispatchEvent(
      new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }),
    )
    flushSync()
    await tick()
    await tick()
  }
  return nameOf(document.activeElement)
}

test('the tree is one stop for Tab, and arrow keys lead through it', async () => {
  const root = await shownTree()
  expect(items(root).map(nameOf)).toEqual(['photos', '2020', '2021'])
  expect(items(root).map(({ tabIndex }) => tabIndex)).toEqual([0, -1, -1])
  items(root)[0]!.focus()
  expect(await press('ArrowDown')).toBe('2020')
  expect(await press('ArrowRight')).toBe('2020')
  expect(items(root)[1]!.getAttribute('aria-expanded')).toBe('true')
  expect(await press('ArrowRight')).toBe('may')
  expect(items(root).map(({ tabIndex }) => tabIndex)).toEqual([-1, -1, 0, -1])
  expect(await press('ArrowLeft')).toBe('2020')
  await press('ArrowLeft')
  expect(items(root).map(nameOf)).toEqual(['photos', '2020', '2021'])
  expect([await press('End'), await press('ArrowDown'), await press('Home'), await press('ArrowUp')]).toEqual(
    ['2021', '2021', 'photos', 'photos'],
  )
})

test('lines say their level, place and count, and whether their drive is away', async () => {
  const root = await shownTree()
  const [, year, away] = items(root)
  expect(
    ['level', 'posinset', 'setsize', 'expanded'].map(name => year!.getAttribute(`aria-${name}`)),
  ).toEqual(['2', '1', '2', 'false'])
  expect(year!.querySelector('.count')!.textContent).toBe('1,001')
  expect(away!.textContent).toContain('Its drive is not connected')
  expect([year, away].map(item => item!.classList.contains('away'))).toEqual([false, true])
})

test('a click shows the photos of a folder; one on its arrow opens it', async () => {
  const root = await shownTree()
  items(root)[1]!.querySelector<HTMLElement>('.twist')!.click()
  flushSync()
  expect(items(root).map(nameOf)).toContain('may')
  expect(navigation.route.view).toBe('library')
  items(root)[2]!.click()
  flushSync()
  expect(navigation.route).toEqual({ view: 'folder', folder: '/photos/2020/may' })
  expect(items(root)[2]!.getAttribute('aria-current')).toBe('page')
})
