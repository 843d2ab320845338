import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { EventName, Events, PhotoList } from '../../../electron/shared/contract.ts'
import { KindredError } from '../../../electron/shared/errors.ts'
import type { Connection } from '../../../renderer/state/connection.svelte.ts'
import { Library } from '../../../renderer/state/library.svelte.ts'

const list = (generation: number, ids: number[]): PhotoList => ({
  ...{ generation, ids },
  ...{ aspects: ids, colors: ids, dates: ids },
})
const status = (generation: number, photos: number): Events['library'] => ({
  ...{ generation, photos },
  ...{ failed: 0, folders: 1 },
})

describe('Library', () => {
  let answer: PhotoList | KindredError
  const call = vi.fn(async () => {
    if (answer instanceof KindredError) throw answer
    return answer
  })
  const listeners: Partial<Record<EventName, (snapshot: never) => void>> = {}
  const tell = <E extends EventName>(event: E, snapshot: Events[E]): void =>
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

  it('reads the list again when its generation has passed, at a calm pace', async () => {
    answer = list(1, [3, 4])
    tell('library', status(1, 2))
    await vi.advanceTimersByTimeAsync(0)
    expect(library.loaded).toBe(true)
    expect(library.rowOf(4)).toBe(1)
    tell('library', status(1, 2))
    await vi.advanceTimersByTimeAsync(5000)
    expect(call).toHaveBeenCalledOnce()
    answer = list(9, [3, 4, 5])
    for (let generation = 2; generation < 10; generation++) tell('library', status(generation, 3))
    await vi.advanceTimersByTimeAsync(5000)
    expect(call).toHaveBeenCalledTimes(2)
    expect(library.photos.ids).toEqual([3, 4, 5])
  })

  it('waits for the engine to come back, and tells other failures', async () => {
    answer = new KindredError('engine-gone', 'Gone.')
    tell('library', status(1, 2))
    await vi.advanceTimersByTimeAsync(0)
    expect(library.error).toBeUndefined()
    answer = new KindredError('library-damaged', 'Damaged.')
    await vi.advanceTimersByTimeAsync(1500)
    expect(library.error?.code).toBe('library-damaged')
    answer = list(1, [1])
    library.retry()
    await vi.advanceTimersByTimeAsync(0)
    expect(library.error).toBeUndefined()
    expect(library.photos.ids).toEqual([1])
  })

  it('knows whether photos are being added', () => {
    const job = { id: 1, progress: { phase: 'import', done: 0, rate: 0 } }
    tell('jobs', { jobs: [{ ...job, kind: 'import', state: 'running' }] })
    expect(library.importing).toBe(true)
    tell('jobs', { jobs: [{ ...job, kind: 'import', state: 'done' }] })
    expect(library.importing).toBe(false)
  })
})
