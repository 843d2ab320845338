import { afterEach, describe, expect, test, vi } from 'vitest'
import { TrainingCheckpoints } from '../../../../../electron/engine/learning/training/checkpoints.ts'
import type { HeadId } from '../../../../../electron/shared/ids.ts'
import { Scratch } from '../../scratch.ts'

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
    expect([...checkpoints.read({ fold: 2 })!]).toEqual([7, 8])
    expect(checkpoints.read({ fold: 0 })).toBeUndefined()
    expect(checkpoints.read('deep')).toBeUndefined()
    wait(6000)
    await checkpoints.save('deep', state(9))
    expect([...checkpoints.read('deep')!]).toEqual([9])
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
    expect([...checkpoints.read('deep')!]).toEqual([2])
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
