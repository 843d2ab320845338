import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { WeightedSemaphore } from '../../../../../electron/engine/runtime/jobs/weighted-semaphore.ts'

const tick = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

describe('weighted semaphore', () => {
  test('never holds more than there is room for, unless one alone is heavier, and lets all through in order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 20 }),
        fc.array(
          fc.record({ weight: fc.integer({ min: 0, max: 30 }), ticks: fc.nat(3), fails: fc.boolean() }),
        ),
        async (room, tasks) => {
          const limit = new WeightedSemaphore(room)
          const inside: number[] = []
          const entered: number[] = []
          const runs = tasks.map(({ weight, ticks, fails }, n) =>
            limit.run(weight, async () => {
              entered.push(n)
              inside.push(weight)
              const taken = inside.reduce((sum, one) => sum + one, 0)
              const heavy = inside.filter(one => one > 0)
              expect(taken <= room || heavy.length === 1).toBe(true)
              for (let i = 0; i < ticks; i++) await tick()
              inside.splice(inside.indexOf(weight), 1)
              if (fails) throw new Error('failed')
              return n
            }),
          )
          const ends = await Promise.allSettled(runs)
          expect(ends.map(end => end.status === 'fulfilled')).toEqual(tasks.map(({ fails }) => !fails))
          expect(entered).toEqual(tasks.map((_, n) => n))
        },
      ),
      { numRuns: 60 },
    )
  })
})
