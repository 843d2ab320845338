import { beforeEach, describe, expect, test, vi } from 'vitest'
import type { Events, Job } from '../../../electron/shared/contract.ts'
import type { Connection } from '../../../renderer/state/connection.svelte.ts'
import { Jobs, progressText } from '../../../renderer/state/jobs.svelte.ts'
import { toasts } from '../../../renderer/state/toasts.svelte.ts'

const running: Job = {
  id: 4,
  kind: 'import',
  state: 'running',
  progress: { phase: 'reading', done: 2000, total: 21_164, rate: 40 },
}
const result = {
  photos: 1166,
  added: 1166,
  updated: 0,
  moved: 0,
  removed: 0,
  seconds: 9,
  failed: 4,
  damaged: 0,
}

/** Jobs that were told of one after the other, and what was called. */
function told(...states: readonly Job[]) {
  const call = vi.fn(() => Promise.resolve({ job: 5 }))
  const jobs = new Jobs()
  let tell: (snapshot: Events['jobs']) => void = () => undefined
  const on = (_: string, listener: never): void => (tell = listener)
  jobs.start({ on, call } as unknown as Connection)
  for (const job of states) tell({ jobs: [job] })
  return call
}

describe('the end of an import', () => {
  beforeEach(() => {
    toasts.list = []
  })

  test('says what came in and what could not be read', () => {
    told(running, { ...running, state: 'done', result })
    expect(toasts.list.map(({ text }) => text)).toEqual(['1,166 photos added. 4 files could not be read.'])
    expect(toasts.list[0]!.action?.label).toBe('Show them')
  })

  test('says nothing where there is nothing to say', () => {
    const samples: Job = { ...running, kind: 'samples' }
    told(samples, { ...samples, state: 'done' })
    expect(toasts.list).toEqual([])
  })

  test('says what a stop left unread, and goes on with it', () => {
    const call = told(running, { ...running, state: 'cancelled' })
    const [toast] = toasts.list
    expect(toast!.text).toBe('Stopped: 2,000 of 21,164 read.')
    toast!.action!.run()
    expect(call).toHaveBeenCalledExactlyOnceWith('folders.rescan', {})
  })

  test('says why it failed', () => {
    const details = { reason: 'folder-not-found.named', path: '/photos' } as const
    told(running, {
      ...running,
      state: 'failed',
      error: { code: 'folder-not-found', message: 'In English.', details },
    })
    expect(toasts.list).toMatchObject([
      { text: 'The folder /photos does not exist.', detail: 'Check the path, or plug the drive in.' },
    ])
  })

  test('is said once, and not of work that ended before', () => {
    told({ ...running, state: 'done', result }, { ...running, state: 'done', result })
    expect(toasts.list).toEqual([])
  })
})

test('a pause keeps its count', () => {
  expect(progressText({ ...running, state: 'paused' })).toBe('Paused at 2,000 of 21,164')
})

test('the time left is said in full, and in short where there is only a line', () => {
  const job = { ...running, progress: { ...running.progress, secondsLeft: 130 } }
  expect(progressText(job)).toBe('2,000 of 21,164, about 2 minutes left')
  expect(progressText(job, true)).toBe('2,000 of 21,164, 2 min left')
})
