// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { RuntimeStatus } from '../../../../electron/shared/results.ts'
import FolderSettings from '../../../../renderer/components/FolderSettings.svelte'
import LeftOut from '../../../../renderer/components/LeftOut.svelte'
import LibraryCheck from '../../../../renderer/components/LibraryCheck.svelte'
import RuntimeSettings from '../../../../renderer/components/RuntimeSettings.svelte'
import { connection } from '../../../../renderer/state/connection.svelte.ts'
import { buttonIn, clickOn, show } from './shown.ts'

const call = vi.spyOn(connection, 'call')
const reply = (value: unknown): void => void call.mockResolvedValue(value)
const status = (root: HTMLElement): string => root.querySelector('[role=status]')!.textContent.trim()

beforeEach(() => {
  // jsdom has no modal dialogs.
  HTMLDialogElement.prototype.showModal = vi.fn()
  HTMLDialogElement.prototype.close = vi.fn()
})
afterEach(() => call.mockReset())

describe('folder settings', () => {
  test('list the folders and whether they can be reached', async () => {
    reply({
      folders: [
        { path: '/photos', photos: 3, reachable: true, ignore: [] },
        { path: '/usb', photos: 5, reachable: false, ignore: ['raw/**'] },
      ],
    })
    const root = show(FolderSettings, {})
    await vi.waitFor(() => expect(root.querySelectorAll('.path')).toHaveLength(2))
    expect([...root.querySelectorAll('li .hint')].map(hint => hint.textContent.trim())).toEqual([
      '3 photos',
      'Cannot be reached at present',
      'Excludes raw/**',
    ])
  })

  test.each([
    ['/photos', /photos disappear from Kindred/],
    ['/photos/trip', /so do their photos in Kindred: \/photos, which/],
    ['/photos2', /photos disappear from Kindred/],
  ])('say what becomes of the photos when %s is removed', async (path, sentence) => {
    const folder = { photos: 3, reachable: true, ignore: [] }
    reply({ folders: ['/photos', '/photos/trip', '/photos2'].map(each => ({ path: each, ...folder })) })
    const root = show(FolderSettings, {})
    await vi.waitFor(() => expect(buttonIn(root, `Remove ${path}`)).toBeDefined())
    await clickOn(root, `Remove ${path}`)
    expect(root.querySelector('dialog p')!.textContent).toMatch(sentence)
  })

  test('remove a folder only after the question', async () => {
    reply({ folders: [{ path: '/photos', photos: 3, reachable: true, ignore: [] }] })
    const root = show(FolderSettings, {})
    await vi.waitFor(() => expect(buttonIn(root, 'Remove /photos')).toBeDefined())
    call.mockClear()
    await clickOn(root, 'Remove /photos')
    await clickOn(root, 'Cancel')
    expect(root.querySelector('dialog')).toBeNull()
    expect(call).not.toHaveBeenCalled()
    await clickOn(root, 'Remove /photos')
    await clickOn(root, 'Remove')
    expect(call).toHaveBeenCalledWith('folders.remove', { path: '/photos' })
  })
})

test('what was left out is listed with the reason, the amount and an example', async () => {
  reply({
    leftOut: [
      { reason: 'recycle-bin', folders: 1, files: 0, example: '/photos/@Recycle' },
      { reason: 'hidden', folders: 2, files: 31, example: '/photos/.x' },
    ],
  })
  const root = show(LeftOut, {})
  await vi.waitFor(() => expect(root.querySelectorAll('dt')).toHaveLength(2))
  expect([...root.querySelectorAll('dt, dd')].map(part => part.textContent.trim())).toEqual([
    'Deleted photos in recycle bins',
    '1 folder',
    'such as /photos/@Recycle',
    'Hidden files and folders',
    '2 folders, 31 files',
    'such as /photos/.x',
  ])
})

describe('library check', () => {
  test('offers a repair only when there are problems', async () => {
    reply({ ok: true, problems: [], notes: [] })
    const root = show(LibraryCheck, {})
    await clickOn(root, 'Check the library')
    expect(call).toHaveBeenCalledExactlyOnceWith('doctor', { repair: false })
    expect(status(root)).toBe('Everything fits together.')
    expect(buttonIn(root, 'Repair')).toBeUndefined()
  })

  test('lists problems and notes, and repairs', async () => {
    reply({ ok: false, problems: [{ message: 'An index is missing.' }], notes: ['A folder is away.'] })
    const root = show(LibraryCheck, {})
    await clickOn(root, 'Check the library')
    expect(status(root)).toBe('1 problem was found.')
    expect([...root.querySelectorAll('li')].map(line => line.textContent.trim())).toEqual([
      'An index is missing.',
      'A folder is away.',
    ])
    await clickOn(root, 'Repair')
    expect(call).toHaveBeenLastCalledWith('doctor', { repair: true })
  })
})

describe('runtime settings', () => {
  const base: RuntimeStatus = { state: 'unknown', network: 'mobile', measuredAt: null, rows: [] }

  test.each<[RuntimeStatus['state'], RegExp, string | undefined, boolean | undefined]>([
    ['off', /^Switched off/, undefined, undefined],
    ['unknown', /^Not measured yet/, 'Measure now', false],
    ['measuring', /^Measuring…/, 'Measure now', true],
  ])('in the state %s', (state, text, button, disabled) => {
    const root = show(RuntimeSettings, { labelledby: 'title', status: { ...base, state } })
    expect(status(root)).toMatch(text)
    expect(root.querySelector('button')?.textContent.trim()).toBe(button)
    expect(root.querySelector('button')?.disabled).toBe(disabled)
  })

  test('show when and with which network the speed was measured', () => {
    const measured = { ...base, state: 'measured', measuredAt: Date.UTC(2024, 4, 12) } as const
    expect(status(show(RuntimeSettings, { labelledby: 'title', status: measured }))).toMatch(
      /^Measured on .*2024.* with mobile\.$/,
    )
  })
})
