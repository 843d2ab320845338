import { beforeEach, describe, expect, test, vi } from 'vitest'
import type { Album, EventName, Events } from '../../../electron/shared/contract.ts'
import { KindredError } from '../../../electron/shared/errors.ts'
import { t } from '../../../renderer/locales/i18n.ts'
import { Albums, matching } from '../../../renderer/state/albums.svelte.ts'
import type { Connection } from '../../../renderer/state/connection.svelte.ts'
import { toasts } from '../../../renderer/state/toasts.svelte.ts'

const album = (id: number, name: string): Album => ({
  id,
  name,
  photos: 3,
  cover: null,
  teaches: true,
  needs: 0,
})

describe('albums', () => {
  const call = vi.fn<(method: string, input: unknown) => Promise<unknown>>()
  let emit: (snapshot: Events['albums']) => void
  let emitJobs: (snapshot: Events['jobs']) => void
  let albums: Albums

  beforeEach(() => {
    call.mockReset().mockResolvedValue({ change: null })
    toasts.list = []
    albums = new Albums()
    const on = (event: EventName, listener: never): void => {
      if (event === 'albums') emit = listener
      else if (event === 'jobs') emitJobs = listener
    }
    albums.start({ call, on } as unknown as Connection)
    emit({
      albums: [album(1, 'Cats'), album(2, 'Dogs'), album(3, 'Birds')],
      undo: { kind: 'create', album: 'Birds' },
      redo: null,
      revision: 4,
    })
  })

  test('show what the engine reports', () => {
    expect(albums.list.map(({ name }) => name)).toEqual(['Cats', 'Dogs', 'Birds'])
    expect([albums.nameOf(2), albums.nameOf(9)]).toEqual(['Dogs', ''])
    expect(albums.revision).toBe(4)
  })

  test.each<[number, -1 | 1, number[]]>([
    [1, 1, [2, 1, 3]],
    [3, -1, [1, 3, 2]],
  ])('move number %i by %i', async (id, by, ids) => {
    await albums.move(id, by)
    expect(call).toHaveBeenCalledExactlyOnceWith('albums.reorder', { ids })
  })

  test.each<[number, -1 | 1]>([
    [1, -1],
    [3, 1],
    [9, 1],
  ])('leave number %i where it is when moved by %i', async (id, by) => {
    await albums.move(id, by)
    expect(call).not.toHaveBeenCalled()
  })

  test.each<[number, number, number[]]>([
    [1, 3, [2, 3, 1]],
    [3, 1, [3, 1, 2]],
  ])('drag number %i onto number %i', async (id, other, ids) => {
    await albums.moveTo(id, other)
    expect(call).toHaveBeenCalledExactlyOnceWith('albums.reorder', { ids })
  })

  test('that this window had made of folders are undone as the one change that they are', async () => {
    const jobs = [4, 5].map(id => ({
      ...{ id, kind: 'albums' as const, state: 'done' as const },
      progress: { phase: 'done', done: 1, rate: 0 },
      made: { albums: 3, photos: 90, change: 10 + id },
    }))
    call.mockResolvedValueOnce({ job: 5 })
    await albums.makeOf('/photos')
    emitJobs({ jobs })
    emitJobs({ jobs })
    expect(toasts.list.map(({ text }) => text)).toContain('Made or filled 3 albums with 90 photos')
    call.mockResolvedValueOnce({ undone: { kind: 'import', folder: 'photos' } })
    await albums.undo()
    await albums.undo()
    expect(toasts.list.map(({ text }) => text)).toContain('Undone: Make albums of “photos”')
    const undone = call.mock.calls.filter(([method]) => method === 'albums.undo')
    expect(undone).toEqual([['albums.undo', { change: 15 }]])
  })

  test('sort by name', async () => {
    await albums.sort()
    expect(call).toHaveBeenCalledExactlyOnceWith('albums.reorder', { ids: [3, 1, 2] })
  })

  test('show what was added, with a button to undo it', async () => {
    call.mockResolvedValue({ added: 2, change: 7 })
    await albums.add(1, [5, 6])
    expect(call).toHaveBeenCalledWith('albums.add', { id: 1, photos: [5, 6] })
    const [toast] = toasts.list
    expect(toast!.text).toMatch(/2 photos.*Cats/)
    call.mockResolvedValue({ undone: { kind: 'add', photos: 2, album: 'Cats' } })
    toast!.action!.run()
    await vi.waitFor(() => expect(call).toHaveBeenLastCalledWith('albums.undo', { change: 7 }))
  })

  test('offer no undo where nothing was changed', async () => {
    call.mockResolvedValue({ added: 0, change: null })
    await albums.add(1, [5])
    expect(toasts.list[0]!.action).toBeUndefined()
    await albums.undo()
    expect(call).toHaveBeenCalledTimes(1)
    expect(toasts.list.at(-1)!.text).toBe('There is nothing to undo.')
  })

  test('undo what was asked for before, also while it is under way', async () => {
    const added = Promise.withResolvers<unknown>()
    call.mockReturnValueOnce(added.promise)
    void albums.add(1, [5])
    const what = { kind: 'add', photos: 1, album: 'Cats' }
    call.mockResolvedValue({ undone: what, redone: what })
    const undone = albums.undo()
    added.resolve({ added: 1, change: 12 })
    await undone
    expect(call).toHaveBeenLastCalledWith('albums.undo', { change: 12 })
    await albums.redo()
    expect(call).toHaveBeenLastCalledWith('albums.redo', { change: 12 })
  })

  test.each([
    ['change-not-latest', 2],
    ['change-gone', 1],
  ] as const)('after the refusal %s call undo %i times', async (code, calls) => {
    call.mockResolvedValueOnce({ added: 1, change: 3 })
    await albums.add(1, [5])
    call.mockClear().mockRejectedValue(new KindredError(code, 'Refused.'))
    await albums.undo()
    await albums.undo()
    expect(call).toHaveBeenCalledTimes(calls)
    expect(toasts.list).toContainEqual(expect.objectContaining({ kind: 'error', text: t(`error.${code}`) }))
  })

  test('show a failure instead of throwing it', async () => {
    call.mockRejectedValue(new KindredError('album-exists', 'There is an album “Cats” already.'))
    expect(await albums.create('cats', [1])).toBeUndefined()
    expect(toasts.list[0]!.text).toContain('already')
  })

  test('match typed letters, those that begin with them first', () => {
    const list = ['Auroras', 'Leaves', 'Sailboats', 'sunsets', 'Coffee'].map(name => ({ name }))
    const names = (typed: string): string[] => matching(list, typed).map(({ name }) => name)
    expect(names('s')).toEqual(['Sailboats', 'sunsets', 'Auroras', 'Leaves'])
    expect(names('')).toEqual(list.map(({ name }) => name))
    expect(names('nothing')).toEqual([])
  })

  test('do not call the engine when there is nothing that a photo could be unlike', async () => {
    await albums.notLike([], 3)
    expect(call).not.toHaveBeenCalled()
    await albums.notLike([1, 2], 3)
    expect(call).toHaveBeenCalledExactlyOnceWith('albums.notLike', { anchors: [1, 2], photo: 3 })
  })
})
