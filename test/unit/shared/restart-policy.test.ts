import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decideRestart, defaultRestartPolicy as policy } from '../../../electron/shared/restart-policy.ts'

describe('restart policy', () => {
  test('restarts soon, then less soon, then no more', () => {
    let ends: readonly number[] = []
    const delays: (number | 'never')[] = []
    for (let i = 0; i < 5; i++) {
      const decision = decideRestart(ends, 1_000 * i, policy)
      ends = decision.ends
      delays.push(decision.restart ? decision.delay : 'never')
    }
    expect(delays).toEqual([100, 200, 400, 800, 'never'])
  })

  test('never adds up ends that lie far apart', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), count => {
        let ends: readonly number[] = []
        for (let i = 0; i < count; i++) {
          const decision = decideRestart(ends, i * policy.window, policy)
          ends = decision.ends
          expect(decision).toEqual({ restart: true, delay: policy.firstDelay, ends: [i * policy.window] })
        }
      }),
    )
  })

  test('keeps the delay bounded and few ends, whatever the times', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 300_000 }), { maxLength: 60 }), times => {
        let ends: readonly number[] = []
        for (const time of times) {
          const decision = decideRestart(ends, time, policy)
          ends = decision.restart ? decision.ends : []
          expect(ends.length).toBeLessThan(policy.limit)
          if (decision.restart) expect(decision.delay).toBeLessThanOrEqual(policy.longestDelay)
        }
      }),
    )
  })
})
