import { describe, expect, test } from 'vitest'
import type { Catalog } from '../../../../../electron/engine/library/catalog/catalog.ts'
import { JobRunner, type JobContext } from '../../../../../electron/engine/runtime/jobs/job-runner.ts'
import { silentLog } from '../../../../../electron/engine/runtime/log.ts'
import { KindredError } from '../../../../../electron/shared/errors.ts'
import type { JobProgress } from '../../../../../electron/shared/results.ts'
import { codeOf, Scratch } from '../../scratch.ts'

const scratch = new Scratch()

interface StoredJob {
  readonly id: number
  readonly state: string
  readonly attempts: number
  readonly phase: string
  readonly done: number
  readonly total: number | null
  readonly error: string | null
  readonly result: string | null
  readonly created_at: number
  readonly updated_at: number
}

const rows = (catalog: Catalog): StoredJob[] =>
  catalog.db.prepare<[], StoredJob>('SELECT * FROM job ORDER BY id').all()

function runner(catalog = scratch.catalog(), now: () => number = () => 1000) {
  return { catalog, jobs: new JobRunner(catalog.jobs, silentLog, now) }
}

/** Works in steps until it is told to stop. */
const forEver =
  (onStep: () => void = () => undefined) =>
  async (job: JobContext): Promise<never> => {
    for (;;) {
      await job.checkpoint()
      onStep()
      await tick()
    }
  }

const tick = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

/** Whether the promise settles within a moment. */
const settles = (work: Promise<unknown>): Promise<boolean> =>
  Promise.race([
    work.then(
      () => true,
      () => true,
    ),
    new Promise<boolean>(resolve => setTimeout(() => resolve(false), 300)),
  ])

describe('job runner: a job', () => {
  test('ends where the disk has no room for its end, which is stored once there is', async () => {
    const { catalog, jobs } = runner()
    const long = 'x'.repeat(500_000)
    const fill = (): unknown =>
      catalog.db.pragma(`max_page_count = ${catalog.db.pragma('page_count', { simple: true }) as number}`)
    const done = jobs.run('import', {}, async ({ progress }) => {
      fill()
      progress.begin(`a phase that has ${long}`)
      return long
    })
    expect(await done).toBe(long)
    const failed = jobs.run('train', {}, async () => {
      fill()
      throw new KindredError('disk-full', long)
    })
    expect(await codeOf(() => failed)).toBe('disk-full')
    expect(jobs.list().map(({ state }) => state)).toEqual(['failed', 'done'])
    expect(rows(catalog).map(({ state }) => state)).toEqual(['running', 'running'])
    catalog.db.pragma('max_page_count = 100000')
    await jobs.run('index', {}, async () => 1)
    expect(rows(catalog)).toMatchObject([
      { state: 'done', result: JSON.stringify(long) },
      { state: 'failed' },
      { state: 'done' },
    ])
  })

  test('is recorded as done, with its result', async () => {
    const { catalog, jobs } = runner()
    expect(await jobs.run('import', { a: 1 }, async () => ({ photos: 3 }))).toEqual({ photos: 3 })
    expect(rows(catalog)).toMatchObject([{ state: 'done', attempts: 1, result: '{"photos":3}', error: null }])
    expect(jobs.list()).toMatchObject([{ kind: 'import', state: 'done', result: { photos: 3 } }])
  })

  test('is recorded as failed, with its code, and the failure goes on to who waits', async () => {
    const { catalog, jobs } = runner()
    const fail = async (): Promise<never> => {
      throw new KindredError('disk-full', 'The disk is full.')
    }
    expect(await codeOf(() => jobs.run('import', {}, fail))).toBe('disk-full')
    expect(rows(catalog)[0]).toMatchObject({ state: 'failed', result: null })
    expect(JSON.parse(rows(catalog)[0]!.error!)).toEqual({ code: 'disk-full', message: 'The disk is full.' })
    expect(jobs.list()).toMatchObject([{ state: 'failed', error: { code: 'disk-full' } }])
  })

  test('that fails in a way nobody foresaw is recorded too', async () => {
    const { catalog, jobs } = runner()
    await expect(jobs.run('import', {}, () => Promise.reject(new TypeError('oops')))).rejects.toThrow('oops')
    expect(rows(catalog)[0]!.error).toContain('"internal"')
  })

  test('is over when a person calls it off, and left to go on when its host goes away', async () => {
    const { catalog, jobs } = runner()
    const first = jobs.start('import', 1, forEver())
    await tick()
    jobs.cancel(first.id)
    expect(jobs.list()[0]!.state).toBe('stopping')
    await expect(first.done).rejects.toMatchObject({ code: 'cancelled' })
    const outside = new AbortController()
    const second = jobs.start('import', 2, forEver(), { signal: outside.signal })
    await tick()
    outside.abort()
    await expect(second.done).rejects.toThrow()
    expect(rows(catalog).map(({ state }) => state)).toEqual(['cancelled', 'interrupted'])
    expect(jobs.list().map(({ state }) => state)).toEqual(['cancelled', 'cancelled'])
  })

  test('waits while it is paused, and goes on', async () => {
    const { jobs } = runner()
    let steps = 0
    const { id, done } = jobs.start(
      'import',
      {},
      forEver(() => steps++),
    )
    while (steps < 5) await tick()
    jobs.pause(id)
    expect(jobs.list()[0]!.state).toBe('paused')
    for (let wait = 0; wait < 3; wait++) await tick()
    const paused = steps
    for (let wait = 0; wait < 20; wait++) await tick()
    expect(steps).toBe(paused)
    jobs.resume(id)
    expect(jobs.list()[0]!.state).toBe('running')
    while (steps < paused + 5) await tick()
    jobs.cancel(id)
    await expect(done).rejects.toThrow()
  })

  test('can be stopped while it is paused', async () => {
    const { catalog, jobs } = runner()
    const { id, done } = jobs.start('import', {}, forEver())
    jobs.pause(id)
    await tick()
    jobs.cancel(id)
    await expect(done).rejects.toThrow()
    expect(rows(catalog)[0]!.state).toBe('cancelled')
  })

  test('is stopped with all others when the library closes, paused ones included', async () => {
    const { catalog, jobs } = runner()
    const started = [1, 2, 3].map(parameter => jobs.start('import', parameter, forEver()))
    jobs.pause(started[1]!.id)
    await jobs.stopAll()
    expect(rows(catalog).map(({ state }) => state)).toEqual(['interrupted', 'interrupted', 'interrupted'])
    expect(jobs.start('import', 2, async () => 'whole').id).toBe(started[1]!.id)
  })

  test('keeps what it would go on from until it is over', async () => {
    const { catalog, jobs } = runner()
    const begin = () => jobs.start('train', {}, forEver())
    const { id } = begin()
    catalog.trainings.saveCheckpoint(id, Buffer.from('half way'))
    await jobs.stopAll()
    expect(catalog.trainings.checkpoint(id)?.toString()).toBe('half way')
    expect(begin().id).toBe(id)
    expect(catalog.trainings.checkpoint(id)?.toString()).toBe('half way')
    jobs.cancel(id)
    await jobs.stopAll()
    expect(rows(catalog)[0]!.state).toBe('cancelled')
    expect(catalog.trainings.checkpoint(id)).toBeUndefined()
  })

  test('that is being stopped ends although someone pauses it then', async () => {
    const { jobs } = runner()
    const { id, done } = jobs.start('import', {}, forEver())
    await tick()
    jobs.cancel(id)
    jobs.pause(id)
    expect(await settles(done)).toBe(true)
  })

  test('that is paused is stopped by the signal that it was started with', async () => {
    const { jobs } = runner()
    const outside = new AbortController()
    const { id, done } = jobs.start('import', {}, forEver(), { signal: outside.signal })
    jobs.pause(id)
    await tick()
    outside.abort()
    expect(await settles(done)).toBe(true)
  })

  test('that has ended can be neither paused, resumed nor cancelled', async () => {
    const { jobs } = runner()
    const { id, done } = jobs.start('import', {}, async () => undefined)
    await done
    for (const action of [
      () => jobs.pause(id),
      () => jobs.resume(id),
      () => jobs.cancel(id),
      () => jobs.pause(99),
    ])
      expect(await codeOf(action)).toBe('job-not-found')
  })

  test('tells of every change, until nobody listens', async () => {
    const { jobs } = runner()
    const states: (string | undefined)[] = []
    const stop = jobs.onChange(() => states.push(jobs.list()[0]?.state))
    await jobs.run('import', {}, async () => undefined)
    expect(states[0]).toBe('running')
    expect(states.at(-1)).toBe('done')
    stop()
    const before = states.length
    await jobs.run('import', {}, async () => undefined)
    expect(states).toHaveLength(before)
  })

  test('is forgotten in the list after twenty others have ended; one that runs never is', async () => {
    const { jobs } = runner()
    const running = jobs.start('import', 'long', forEver())
    for (let n = 0; n < 30; n++) await jobs.run('import', n, async () => n)
    const list = jobs.list()
    expect(list.map(({ result }) => result).slice(0, 3)).toEqual([29, 28, 27])
    expect(list.filter(({ state }) => state === 'done')).toHaveLength(20)
    expect(list.at(-1)).toMatchObject({ id: running.id, state: 'running' })
    await jobs.stopAll()
  })
})

describe('job runner: a job that was cut off', () => {
  test('is marked when the library is opened, and goes on under its row', async () => {
    const catalog = scratch.catalog()
    const cutOff = catalog.jobs.begin('import', '{"folders":["/a"]}', 1)
    const other = catalog.jobs.begin('import', '{"folders":["/b"]}', 1)
    const ended = catalog.jobs.begin('import', '{"folders":["/a"]}', 1)
    catalog.jobs.finish(ended, 'failed', { error: '{}' }, 2)
    const { jobs } = runner(catalog)
    expect(catalog.jobs.withState('interrupted').map(({ id }) => id)).toEqual([cutOff, other])

    const again = jobs.start('import', { folders: ['/a'] }, async () => 'whole')
    expect(again.id).toBe(cutOff)
    // A second one meanwhile is a job of its own.
    const beside = jobs.start('import', { folders: ['/a'] }, async () => 'beside')
    expect(beside.id).toBeGreaterThan(ended)
    await Promise.all([again.done, beside.done])
    const stored = new Map(rows(catalog).map(row => [row.id, row]))
    expect(stored.get(cutOff)).toMatchObject({ state: 'done', attempts: 2, result: '"whole"' })
    expect(stored.get(other)).toMatchObject({ state: 'interrupted', attempts: 1 })
    expect(stored.get(ended)).toMatchObject({ state: 'failed' })
  })

  test('is not taken up by another kind or by other parameters', async () => {
    const catalog = scratch.catalog()
    const cutOff = catalog.jobs.begin('import', '{"folders":["/a"]}', 1)
    const { jobs } = runner(catalog)
    expect(jobs.start('samples', { folders: ['/a'] }, async () => 1).id).not.toBe(cutOff)
    expect(jobs.start('import', { folders: ['/a', '/b'] }, async () => 1).id).not.toBe(cutOff)
    await jobs.stopAll()
  })
})

describe('job runner: progress', () => {
  test('is told, shown, and written down once a second and at each new phase', async () => {
    let now = 0
    const { catalog, jobs } = runner(scratch.catalog(), () => now)
    const told: JobProgress[] = []
    const written: (number | string)[] = []
    await jobs.run(
      'import',
      {},
      async ({ progress }) => {
        progress.begin('finding')
        written.push(rows(catalog)[0]!.phase)
        now = 10
        progress.begin('importing', 4)
        written.push(rows(catalog)[0]!.phase, rows(catalog)[0]!.total!)
        now = 20
        progress.advance(2)
        progress.end()
        written.push(rows(catalog)[0]!.done)
        now = 1020
        progress.end()
        written.push(rows(catalog)[0]!.done)
        expect(jobs.list()[0]!.progress).toMatchObject({ phase: 'importing', done: 2, total: 4 })
      },
      { onProgress: progress => told.push(progress) },
    )
    expect(written).toEqual(['finding', 'importing', 4, 0, 2])
    expect(told.at(-1)).toMatchObject({ phase: 'importing', done: 2, total: 4 })
    expect(rows(catalog)[0]).toMatchObject({ created_at: 0, updated_at: 1020 })
  })
})
