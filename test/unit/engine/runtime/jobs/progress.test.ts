import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ProgressMeter } from '../../../../../electron/engine/runtime/jobs/progress.ts'
import type { JobProgress } from '../../../../../electron/shared/results.ts'

/** A meter whose clock is set by hand. */
function meter() {
  const told: (JobProgress & { readonly at: number })[] = []
  const clock = { now: 0 }
  const progress = new ProgressMeter(
    snapshot => told.push({ ...snapshot, at: clock.now }),
    () => clock.now,
  )
  return { progress, told, clock, last: () => told.at(-1)! }
}

describe('progress meter', () => {
  test('tells each phase at its beginning and at its end, however short it is', () => {
    const { progress, told } = meter()
    progress.begin('finding')
    progress.advance(3)
    progress.begin('importing', 2)
    progress.advance()
    progress.end()
    expect(told.map(({ phase, done, total }) => [phase, done, total])).toEqual([
      ['finding', 0, undefined],
      ['finding', 3, undefined],
      ['importing', 0, 2],
      ['importing', 1, 2],
    ])
    expect('total' in told[0]!).toBe(false)
    expect('secondsLeft' in told[3]!).toBe(false)
  })

  test('tells no oftener than ten times a second while it advances', () => {
    const { progress, told, clock } = meter()
    progress.begin('importing', 10_000)
    for (let i = 0; i < 1000; i++) {
      clock.now += 7
      progress.advance()
    }
    const gaps = told.slice(1).map((snapshot, i) => snapshot.at - told[i]!.at)
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(100)
    expect(Math.max(...gaps)).toBeLessThan(120)
  })

  test('follows a change of pace: half of the way in five seconds', () => {
    const { progress, clock, last } = meter()
    progress.begin('importing', 100_000)
    const run = (seconds: number, perSecond: number): void => {
      for (let i = 0; i < seconds * 10; i++) {
        clock.now += 100
        progress.advance(perSecond / 10)
      }
    }
    run(20, 100)
    expect(last().rate).toBeCloseTo(100, 5)
    run(5, 300)
    expect(last().rate).toBeCloseTo(200, 0)
    run(60, 300)
    expect(last().rate).toBeCloseTo(300, 0)
    expect(last().secondsLeft).toBeCloseTo((100_000 - last().done) / 300, 0)
  })

  test('starts its rate anew with each phase', () => {
    const { progress, clock, last } = meter()
    progress.begin('finding', 100)
    clock.now += 1000
    progress.advance(100)
    expect(last().rate).toBe(100)
    progress.begin('importing', 100)
    expect(last()).toMatchObject({ done: 0, rate: 0 })
    clock.now += 1000
    progress.advance(5)
    expect(last()).toMatchObject({ rate: 5, secondsLeft: 19 })
  })

  test('never tells nonsense, whatever is done when', () => {
    const step = fc.record({ wait: fc.nat(400), count: fc.nat(50) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), steps => {
        const { progress, told, clock } = meter()
        const total = steps.reduce((sum, { count }) => sum + count, 0)
        progress.begin('importing', total)
        for (const { wait, count } of steps) {
          clock.now += wait
          progress.advance(count)
        }
        progress.end()
        expect(told.at(-1)!.done).toBe(total)
        for (const { rate, secondsLeft = 0 } of told) {
          expect(Number.isFinite(rate) && rate >= 0).toBe(true)
          expect(Number.isFinite(secondsLeft) && secondsLeft >= 0).toBe(true)
        }
      }),
    )
  })
})
