import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Events, Facets } from '../../../electron/shared/contract.ts'
import type { Connection } from '../../../renderer/state/connection.svelte.ts'
import { Folders } from '../../../renderer/state/folders.svelte.ts'

let list: Facets['folders']
const call = vi.fn(async () => ({ folders: list }))
let emit: (status: Pick<Events['library'], 'generation' | 'away'>) => void
let folders: Folders
const names = (): string[] => folders.rows.map(({ node }) => node.name)

beforeEach(() => {
  vi.useFakeTimers()
  call.mockClear()
  call.mockImplementation(async () => ({ folders: list }))
  list = ['/photos', '/photos/a', '/photos/a/b'].map(path => ({ path, photos: 1 }))
  folders = new Folders()
  folders.start({
    call,
    on: (_: string, listener: typeof emit) => (emit = listener),
  } as unknown as Connection)
})
afterEach(() => vi.useRealTimers())

test('folders are read only while somebody looks at them, and not too often', async () => {
  emit({ generation: 1, away: [] })
  await vi.advanceTimersByTimeAsync(10_000)
  expect(call).not.toHaveBeenCalled()
  const leave = folders.watch()
  await vi.advanceTimersByTimeAsync(0)
  expect(call).toHaveBeenCalledTimes(1)
  for (let generation = 2; generation < 12; generation++) {
    emit({ generation, away: [] })
    await vi.advanceTimersByTimeAsync(500)
  }
  expect(call).toHaveBeenCalledTimes(2)
  leave()
  await vi.advanceTimersByTimeAsync(10_000)
  const before = call.mock.calls.length
  emit({ generation: 20, away: [] })
  await vi.advanceTimersByTimeAsync(10_000)
  expect(call).toHaveBeenCalledTimes(before)
})

test('folders are read again after a failure, with the next change', async () => {
  call.mockRejectedValueOnce(new Error('gone'))
  folders.watch()
  emit({ generation: 1, away: [] })
  await vi.advanceTimersByTimeAsync(0)
  expect(names()).toEqual([])
  emit({ generation: 1, away: [] })
  await vi.advanceTimersByTimeAsync(4000)
  expect(names()).toEqual(['photos', 'a'])
})

test('a folder that is alone is open from the start; others open when one inside is revealed', async () => {
  folders.watch()
  emit({ generation: 1, away: ['/photos/a'] })
  await vi.advanceTimersByTimeAsync(0)
  expect(names()).toEqual(['photos', 'a'])
  folders.setOpen(folders.rows[0]!.node, false)
  expect(names()).toEqual(['photos'])
  folders.reveal('/photos/a/b')
  expect(names()).toEqual(['photos', 'a', 'b'])
  expect(['/photos', '/photos/a', '/photos/a/b'].map(path => folders.isAway(path))).toEqual([
    false,
    true,
    true,
  ])
  expect(folders.rows.map(({ node }) => folders.isOpen(node))).toEqual([true, true, false])
})
