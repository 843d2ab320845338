import { afterEach, describe, expect, test, vi } from 'vitest'
import { TrainingCheckpoints } from '../../../../../electron/engine/learning/training/checkpoints.ts'
import { resumeTraining } from '../../../../../electron/engine/learning/training/resume.ts'
import type {
  CurvePoint,
  TrainingRun,
} from '../../../../../electron/engine/learning/training/training-run.ts'
import type { Logger } from '../../../../../electron/engine/runtime/log.ts'
import { KindredError } from '../../../../../electron/shared/errors.ts'
import type { HeadId } from '../../../../../electron/shared/ids.ts'
import { codeOf, Scratch } from '../../scratch.ts'

const scratch = new Scratch()
afterEach(() => vi.restoreAllMocks())
const state = (...bytes: number[]) => vi.fn(async () => Uint8Array.from(bytes))

/** Checkpoints of a job whose last save is long ago. */
function opened() {
  const catalog = scratch.catalog()
  const job = catalog.jobs.begin('train', '{}', 0)
  let now = performance.now()
  vi.spyOn(performance, 'now').mockImplementation(() => now)
  const checkpoints = new TrainingCheckpoints(catalog, job)
  return { catalog, checkpoints, wait: (millis: number) => (now += millis) }
}

describe('training checkpoints', () => {
  test('are read back by the stage that saved them, and by no other', async () => {
    const { checkpoints, wait } = opened()
    expect(checkpoints.read({ fold: 0 })).toBeUndefined()
    wait(6000)
    await checkpoints.save({ fold: 2 }, state(7, 8))
    expect([...checkpoints.read({ fold: 2 })!.state]).toEqual([7, 8])
    expect(checkpoints.read({ fold: 0 })).toBeUndefined()
    expect(checkpoints.read('deep')).toBeUndefined()
    wait(6000)
    await checkpoints.save('deep', state(9))
    expect([...checkpoints.read('deep')!.state]).toEqual([9])
    expect(checkpoints.read({ fold: 2 })).toBeUndefined()
    expect(checkpoints.ended()).toBeUndefined()
  })

  test('are saved once in five seconds, without taking the state in between', async () => {
    const { checkpoints, wait } = opened()
    const early = state(1)
    await checkpoints.save('deep', early)
    wait(5000)
    const due = state(2)
    await checkpoints.save('deep', due)
    await checkpoints.save('deep', early)
    expect(early).not.toHaveBeenCalled()
    expect(due).toHaveBeenCalledOnce()
    expect([...checkpoints.read('deep')!.state]).toEqual([2])
  })

  test('are forgotten where an early release wrote them', () => {
    const { catalog, checkpoints } = opened()
    const job = catalog.jobs.begin('train', '{}', 1)
    for (const stored of [Buffer.of(0), Buffer.of(0, 1, 2), Buffer.alloc(4001, 7).fill(0, 0, 1)]) {
      catalog.trainings.saveCheckpoint(job, stored)
      expect(new TrainingCheckpoints(catalog, job).read({ fold: 0 })).toBeUndefined()
    }
    expect(checkpoints.read({ fold: 0 })).toBeUndefined()
  })

  test('know the head of a training that has ended, until labels change', () => {
    const { catalog, checkpoints } = opened()
    checkpoints.saveEnded(300 as HeadId)
    expect(checkpoints.ended()).toBe(300)
    expect(checkpoints.read({ fold: 0 })).toBeUndefined()
    catalog.albumCommands.create('Cats', [])
    expect(checkpoints.ended()).toBeUndefined()
  })
})

describe('a training that was cut off', () => {
  const run = (catalog: ReturnType<typeof opened>['catalog'], checkpoints: TrainingCheckpoints) => {
    const log = vi.fn<Logger>()
    return { log, run: { catalog, checkpoints, log, job: { id: 1 } } as unknown as TrainingRun }
  }

  test('goes on where it was', async () => {
    const { catalog, checkpoints, wait } = opened()
    const restore = vi.fn(async () => 12)
    expect(await resumeTraining(run(catalog, checkpoints).run, { fold: 0 }, [], restore)).toBe(0)
    wait(6000)
    const points = [
      { step: 4, loss: 0.5 },
      { step: 8, loss: 0.25, mapAtR: 0.7 },
    ]
    await checkpoints.save({ fold: 0 }, state(7), points)
    const curve: CurvePoint[] = []
    expect(await resumeTraining(run(catalog, checkpoints).run, { fold: 0 }, curve, restore)).toBe(12)
    expect(curve).toEqual(points)
    expect(restore).toHaveBeenCalledExactlyOnceWith(Buffer.of(7))
  })

  test('begins anew where its checkpoint is of another, which is dropped and said in the log', async () => {
    const { catalog, checkpoints, wait } = opened()
    wait(6000)
    await checkpoints.save('deep', state(7))
    const { log, run: resuming } = run(catalog, checkpoints)
    const restore = async (): Promise<number> => {
      throw new KindredError('model-invalid', 'The checkpoint is of another training.')
    }
    expect(await resumeTraining(resuming, 'deep', [], restore)).toBe(0)
    expect(checkpoints.read('deep')).toBeUndefined()
    expect(log).toHaveBeenCalledExactlyOnceWith('info', expect.stringContaining('begins anew'), {
      ...{ job: 1, stage: 'deep', reason: 'The checkpoint is of another training.' },
    })
  })

  test('fails where the thread fails, and keeps its checkpoint', async () => {
    const { catalog, checkpoints, wait } = opened()
    wait(6000)
    await checkpoints.save('deep', state(7))
    const restore = async (): Promise<number> => {
      throw new KindredError('worker-gone', 'The thread has ended.')
    }
    expect(await codeOf(() => resumeTraining(run(catalog, checkpoints).run, 'deep', [], restore))).toBe(
      'worker-gone',
    )
    expect(checkpoints.read('deep')).toBeDefined()
  })
})
