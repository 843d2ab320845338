// @vitest-environment jsdom
import { afterEach, describe, expect, test, vi } from 'vitest'
import { photoMenu } from '../../../../../renderer/components/photo-grid/photo-menu.ts'
import { addToAlbum } from '../../../../../renderer/state/add-to-album.svelte.ts'
import type { MenuItem } from '../../../../../renderer/state/context-menu.svelte.ts'
import { inspector } from '../../../../../renderer/state/inspector.svelte.ts'
import { selection } from '../../../../../renderer/state/selection.svelte.ts'

describe('photo menu', () => {
  const [findSimilar, open] = [vi.fn(), vi.fn()]
  const own = (label: string): MenuItem[] => [{ label, run: () => undefined }]
  const labels = (menu: readonly MenuItem[]): string[] =>
    menu.map(item => (item === 'separator' ? '-' : item.label))

  function choose(label: string): void {
    const found = photoMenu({ id: 6, findSimilar, open }).find(
      item => item !== 'separator' && item.label === label,
    )
    ;(found as Exclude<MenuItem, 'separator'>).run()
  }

  afterEach(() => {
    selection.clear()
    addToAlbum.end()
    inspector.open = false
  })

  test('puts what only one view offers between the rest', () => {
    expect(labels(photoMenu({ id: 6, findSimilar, open }))).toEqual([
      'Find similar',
      'Add to album',
      '-',
      'Open large',
      'Show details',
    ])
    const full = photoMenu({ id: 6, findSimilar, open, refine: own('More'), album: own('Take out') })
    expect(labels(full).slice(0, 4)).toEqual(['Find similar', 'More', 'Add to album', 'Take out'])
  })

  test('adds the photo to an album, or all selected photos if it is one of them', () => {
    selection.only(5)
    choose('Add to album')
    expect(addToAlbum.photos).toEqual([6])
    selection.toggle(6)
    choose('Add to album')
    expect(addToAlbum.photos).toEqual([5, 6])
  })

  test('opens the photo large, and its details', () => {
    choose('Open large')
    expect(open).toHaveBeenCalledOnce()
    choose('Show details')
    expect(inspector.open).toBe(true)
    choose('Find similar')
    expect(findSimilar).toHaveBeenCalledOnce()
  })
})
