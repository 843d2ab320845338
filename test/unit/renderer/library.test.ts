import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { EventName, Events, PhotoList } from '../../../electron/shared/contract.ts'
import { KindredError } from '../../../electron/shared/errors.ts'
import type { Connection } from '../../../renderer/state/connection.svelte.ts'
import { Library } from '../../../renderer/state/library.svelte.ts'

const list = (generation: number, ids: number[]): PhotoList => ({
  generation,
  ids,
  aspects: ids,
  colors: ids,
  dates: ids,
  durations: ids.map(() => 0),
  damaged: [],
  parts: ids.map(() => 0),
})
const status = (generation: number, photos: number): Events['library'] => ({
  generation,
  photos,
  failed: 0,
  damaged: 0,
  folders: 1,
  away: [],
})

describe('library', () => {
  let reply: PhotoList | KindredError
  const call = vi.fn<(method: string, input: object) => Promise<PhotoList>>(async () => {
    if (reply instanceof KindredError) throw reply
    return reply
  })
  const listeners: Partial<Record<EventName, (snapshot: never) => void>> = {}
  const emit = <E extends EventName>(event: E, snapshot: Events[E]): void =>
    listeners[event]!(snapshot as never)
  let library: Library

  beforeEach(() => {
    vi.useFakeTimers()
    call.mockClear()
    library = new Library()
    const on = (event: EventName, listener: (snapshot: never) => void): unknown =>
      (listeners[event] = listener)
    library.start({ call, on } as unknown as Connection)
  })
  afterEach(() => vi.useRealTimers())

  test('reads the list again when there is a newer generation, once a second at most', async () => {
    reply = list(1, [3, 4])
    emit('library', status(1, 2))
    await vi.advanceTimersByTimeAsync(0)
    expect(library.loaded).toBe(true)
    expect(library.rowOf(4)).toBe(1)
    emit('library', status(1, 2))
    await vi.advanceTimersByTimeAsync(5000)
    expect(call).toHaveBeenCalledOnce()
    reply = list(9, [3, 4, 5])
    for (let generation = 2; generation < 10; generation++) emit('library', status(generation, 3))
    await vi.advanceTimersByTimeAsync(5000)
    expect(call).toHaveBeenCalledTimes(2)
    expect(library.photos.ids).toEqual([3, 4, 5])
  })

  test('waits for the engine to come back, and shows other failures', async () => {
    reply = new KindredError('engine-gone', 'Gone.')
    emit('library', status(1, 2))
    await vi.advanceTimersByTimeAsync(0)
    expect(library.error).toBeUndefined()
    reply = new KindredError('library-damaged', 'Damaged.')
    await vi.advanceTimersByTimeAsync(1500)
    expect(library.error?.code).toBe('library-damaged')
    reply = list(1, [1])
    library.retry()
    await vi.advanceTimersByTimeAsync(0)
    expect(library.error).toBeUndefined()
    expect(library.photos.ids).toEqual([1])
  })

  test('knows which photos are away, until they are back', async () => {
    reply = list(1, [3, 4])
    emit('library', { ...status(1, 2), away: ['/usb'] })
    await vi.advanceTimersByTimeAsync(0)
    expect(call).toHaveBeenCalledWith('photos.away', {})
    expect([...library.away]).toEqual([3, 4])
    emit('library', status(1, 2))
    await vi.advanceTimersByTimeAsync(0)
    expect([...library.away]).toEqual([])
  })

  test('knows whether photos are being added', () => {
    const job = { id: 1, progress: { phase: 'import', done: 0, rate: 0 } }
    emit('jobs', { jobs: [{ ...job, kind: 'import', state: 'running' }] })
    expect(library.importing).toBe(true)
    emit('jobs', { jobs: [{ ...job, kind: 'import', state: 'done' }] })
    expect(library.importing).toBe(false)
  })
})
