// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { PartRole } from '../../../../../electron/shared/contract.ts'
import { KindredError } from '../../../../../electron/shared/errors.ts'
import LargeView from '../../../../../renderer/components/large-view/LargeView.svelte'
import { t } from '../../../../../renderer/locales/i18n.ts'
import { connection } from '../../../../../renderer/state/connection.svelte.ts'
import { library } from '../../../../../renderer/state/library.svelte.ts'
import { navigation } from '../../../../../renderer/state/navigation.svelte.ts'
import { toasts } from '../../../../../renderer/state/toasts.svelte.ts'
import { viewer } from '../../../../../renderer/state/viewer.svelte.ts'
import { buttonIn, clickOn, show } from '../shown.ts'

const playVideo = vi.fn(() => Promise.resolve(true))

beforeEach(() => {
  vi.stubGlobal('kindred', { playVideo })
  // jsdom lays nothing out.
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe = vi.fn()
      unobserve = vi.fn()
    },
  )
})
afterEach(() => {
  viewer.close()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
  playVideo.mockClear()
})

/** Opens a photo with these parts. */
async function openWith(...roles: readonly PartRole[]): Promise<HTMLElement> {
  const parts = roles.map(role => ({ id: 7, role, name: '', path: `/photos/${role}.mov`, format: '' }))
  const details = { id: 7, name: 'a.jpg', paths: ['/photos/a.jpg'], parts, video: null, takenAt: null }
  vi.spyOn(connection, 'call').mockImplementation((method: string) =>
    method === 'photos.film'
      ? Promise.resolve({ path: '/library/film.mp4' } as never)
      : Promise.resolve(details as never),
  )
  const root = show(LargeView, {})
  viewer.open(7, [7])
  await vi.waitFor(() => expect(root.textContent).toContain('a.jpg'))
  return root
}

test.each([
  ['beside a photo', ['video'], '/photos/video.mov'],
  ['within a photo', ['motion'], '/library/film.mp4'],
  ['beside a motion photo, rather than that within', ['motion', 'video'], '/photos/video.mov'],
] as const)('the film %s is played', async (_, roles, path) => {
  await clickOn(await openWith(...roles), t('photo.play'))
  await vi.waitFor(() => expect(playVideo).toHaveBeenCalledExactlyOnceWith(path))
})

test('a photo without a film has no button for it', async () => {
  expect(buttonIn(await openWith('raw'), t('photo.play'))).toBeUndefined()
})

test('where the film within is gone, that is said, and nothing is played', async () => {
  const root = await openWith('motion')
  const error = vi.spyOn(toasts, 'error')
  vi.spyOn(connection, 'call').mockRejectedValue(new KindredError('file-vanished', 'It has changed.'))
  await clickOn(root, t('photo.play'))
  await vi.waitFor(() => expect(error).toHaveBeenCalledOnce())
  expect(playVideo).not.toHaveBeenCalled()
})

test('a photo on a drive that is not there says so', async () => {
  library.away = new Set([7])
  const root = await openWith()
  expect(root.textContent).toContain(t('viewer.away'))
  library.away = new Set()
})

test('it gives way to another page that is gone to', async () => {
  const root = await openWith()
  navigation.go({ view: 'settings' })
  await vi.waitFor(() => expect(root.querySelector('[role=dialog]')).toBeNull())
  expect(viewer.photo).toBeUndefined()
})
