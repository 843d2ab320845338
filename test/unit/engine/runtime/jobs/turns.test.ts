import { describe, expect, test } from 'vitest'
import { JobRunner, type JobContext } from '../../../../../electron/engine/runtime/jobs/job-runner.ts'
import { Turns } from '../../../../../electron/engine/runtime/jobs/turns.ts'
import { silentLog } from '../../../../../electron/engine/runtime/log.ts'
import { codeOf, Scratch } from '../../scratch.ts'

const scratch = new Scratch()

/** Work that lasts until it is told to end, noted at its start and end. */
function lasting(notes: string[], name: string) {
  const { promise, resolve } = Promise.withResolvers<undefined>()
  const work = async (): Promise<string> => {
    notes.push(`${name} starts`)
    await promise
    notes.push(`${name} ends`)
    return name
  }
  return { work, end: () => resolve(undefined) }
}

describe('turns', () => {
  test('let work run one after the other, in the order in which it came', async () => {
    const notes: string[] = []
    const turns = new Turns()
    const pieces = ['a', 'b', 'c'].map(name => lasting(notes, name))
    const done = pieces.map(({ work }) => turns.take(work))
    expect(turns.free).toBe(false)
    for (const { end } of pieces.toReversed()) end()
    expect(await Promise.all(done)).toEqual(['a', 'b', 'c'])
    expect(notes).toEqual(['a starts', 'a ends', 'b starts', 'b ends', 'c starts', 'c ends'])
    expect(turns.free).toBe(true)
  })

  test('go on after work that failed', async () => {
    const turns = new Turns()
    const failed = turns.take(() => Promise.reject(new Error('broken')))
    await expect(failed).rejects.toThrow('broken')
    expect(await turns.take(() => Promise.resolve(1))).toBe(1)
  })

  test('reject what is aborted while it waits at once, and never start it', async () => {
    const notes: string[] = []
    const turns = new Turns()
    const first = lasting(notes, 'first')
    const firstDone = turns.take(first.work)
    const stop = new AbortController()
    const second = turns.take(lasting(notes, 'second').work, stop.signal)
    stop.abort()
    await expect(second).rejects.toThrow('aborted')
    first.end()
    await firstDone
    expect(await turns.take(() => Promise.resolve('third'))).toBe('third')
    expect(notes).toEqual(['first starts', 'first ends'])
  })

  test('leave it to work that has started to listen to its signal', async () => {
    const turns = new Turns()
    const stop = new AbortController()
    const piece = lasting([], 'started')
    const done = turns.take(piece.work, stop.signal)
    stop.abort()
    piece.end()
    expect(await done).toBe('started')
  })

  test('can be passed on and taken again, behind those that came meanwhile', async () => {
    const notes: string[] = []
    const turns = new Turns()
    const second = lasting(notes, 'second')
    let secondDone: Promise<string> | undefined
    const first = turns.take(async turn => {
      notes.push('first starts')
      turn.release()
      secondDone = turns.take(second.work)
      await turn.retake()
      notes.push('first goes on')
    })
    const third = turns.take(() => Promise.resolve(notes.push('third')))
    second.end()
    await Promise.all([first, secondDone, third])
    expect(notes).toEqual(['first starts', 'second starts', 'second ends', 'first goes on', 'third'])
    expect(turns.free).toBe(true)
  })

  test('are free again where work ended while it waited to take its turn again', async () => {
    const turns = new Turns()
    const other = lasting([], 'other')
    let otherDone: Promise<string> | undefined
    await turns.take(async turn => {
      turn.release()
      otherDone = turns.take(other.work)
      void turn.retake()
      await Promise.resolve()
    })
    other.end()
    await otherDone
    expect(await turns.take(() => Promise.resolve('next'))).toBe('next')
    expect(turns.free).toBe(true)
  })
})

describe('job runner: kinds that take turns', () => {
  const runner = (): JobRunner =>
    new JobRunner(scratch.catalog().jobs, silentLog, () => 1, ['import', 'switch'])

  test('a job of such a kind waits for another, and says so; other kinds do not', async () => {
    const jobs = runner()
    const notes: string[] = []
    const [first, second, other] = ['import', 'switch', 'evaluate'].map(name => lasting(notes, name))
    const importing = jobs.start('import', {}, first!.work)
    const switching = jobs.start('switch', {}, second!.work)
    const evaluating = jobs.start('evaluate', {}, other!.work)
    expect(notes).toEqual(['import starts', 'evaluate starts'])
    expect(jobs.list().find(({ id }) => id === switching.id)?.progress.phase).toBe('waiting')
    for (const piece of [other, second, first]) piece!.end()
    await Promise.all([importing.done, switching.done, evaluating.done])
    expect(notes.filter(note => !note.startsWith('evaluate'))).toEqual([
      'import starts',
      'import ends',
      'switch starts',
      'switch ends',
    ])
  })

  test('a waiting job can be cancelled', async () => {
    const jobs = runner()
    const first = lasting([], 'import')
    const importing = jobs.start('import', {}, first.work)
    const switching = jobs.start('switch', {}, () => Promise.resolve('never'))
    jobs.cancel(switching.id)
    expect(await codeOf(() => switching.done)).toBe('cancelled')
    first.end()
    await importing.done
  })

  test('a part of another job, and work that is no job, wait with them', async () => {
    const jobs = runner()
    const notes: string[] = []
    const first = lasting(notes, 'import')
    const importing = jobs.start('import', {}, first.work)
    const part = lasting(notes, 'swap')
    const training = jobs.start('train', {}, (job: JobContext) => jobs.inTurn(job, part.work))
    const removal = jobs.exclusively(() => Promise.resolve(notes.push('removed')))
    part.end()
    expect(notes).toEqual(['import starts'])
    first.end()
    await Promise.all([importing.done, training.done, removal])
    expect(notes).toEqual(['import starts', 'import ends', 'swap starts', 'swap ends', 'removed'])
  })

  test('a paused job lets others run, and waits for its turn when it is resumed', async () => {
    const jobs = runner()
    const notes: string[] = []
    const importing = jobs.start('import', {}, async job => {
      for (let step = 1; step <= 2; step++) {
        await job.checkpoint()
        notes.push(`import ${step}`)
      }
    })
    jobs.pause(importing.id)
    const other = lasting(notes, 'switch')
    const switching = jobs.start('switch', {}, other.work)
    jobs.resume(importing.id)
    await new Promise(resolve => setImmediate(resolve))
    other.end()
    await Promise.all([importing.done, switching.done])
    expect(notes).toEqual(['switch starts', 'import 1', 'switch ends', 'import 2'])
  })

  test('a job that is paused while it waits does not start before it is resumed', async () => {
    const jobs = runner()
    const notes: string[] = []
    const first = lasting(notes, 'import')
    const importing = jobs.start('import', {}, first.work)
    const switching = jobs.start('switch', {}, () => Promise.resolve(notes.push('switched')))
    jobs.pause(switching.id)
    first.end()
    await importing.done
    expect(await jobs.exclusively(() => Promise.resolve(notes.length))).toBe(2)
    jobs.resume(switching.id)
    await switching.done
    expect(notes).toEqual(['import starts', 'import ends', 'switched'])
  })

  test('a job that is paused, resumed and cancelled again and again leaves the turn to others', async () => {
    const jobs = runner()
    const importing = jobs.start('import', {}, async job => {
      while (!job.signal.aborted) {
        await job.checkpoint()
        await new Promise(resolve => setImmediate(resolve))
      }
    })
    for (let round = 0; round < 3; round++) {
      jobs.pause(importing.id)
      jobs.resume(importing.id)
      jobs.resume(importing.id)
      jobs.pause(importing.id)
      jobs.resume(importing.id)
    }
    jobs.cancel(importing.id)
    await importing.done.catch(() => undefined)
    expect(await jobs.run('switch', {}, () => Promise.resolve(1))).toBe(1)
    expect(await jobs.exclusively(() => Promise.resolve(2))).toBe(2)
  })
})
