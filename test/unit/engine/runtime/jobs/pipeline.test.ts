import { describe, expect, test } from 'vitest'
import { inBatches, mapConcurrently, prefetch } from '../../../../../electron/engine/runtime/jobs/pipeline.ts'
import { ProgressMeter } from '../../../../../electron/engine/runtime/jobs/progress.ts'
import type { JobProgress } from '../../../../../electron/shared/results.ts'

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = []
  for await (const item of source) items.push(item)
  return items
}

const tick = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

async function* countTo(n: number, onPull: (i: number) => void = () => undefined): AsyncGenerator<number> {
  for (let i = 0; i < n; i++) {
    onPull(i)
    await tick()
    yield i
  }
}

describe('pipeline stages', () => {
  test('keep the order and never do more at once than allowed', async () => {
    let running = 0
    let most = 0
    const work = async (n: number): Promise<number> => {
      most = Math.max(most, ++running)
      for (let wait = n % 4; wait >= 0; wait--) await tick()
      running--
      return n
    }
    const seen = await collect(mapConcurrently(countTo(40), 3, work))
    expect(seen).toEqual(Array.from({ length: 40 }, (_, i) => i))
    expect(most).toBe(3)
  })

  test('pass a failure on, and begin nothing after it', async () => {
    let begun = 0
    const work = async (n: number): Promise<number> => {
      begun++
      await tick()
      if (n === 5) throw new Error('five')
      return n
    }
    await expect(collect(mapConcurrently(countTo(1000), 2, work))).rejects.toThrow('five')
    expect(begun).toBeLessThan(10)
  })

  test('group what comes', async () => {
    expect(await collect(inBatches(countTo(7), 3))).toEqual([[0, 1, 2], [3, 4, 5], [6]])
  })

  test('run ahead by so many items and no further, and stop with who takes from them', async () => {
    let pulled = 0
    let taken = 0
    for await (const item of prefetch(
      countTo(100, () => pulled++),
      3,
    )) {
      taken++
      for (let wait = 0; wait < 20; wait++) await tick()
      expect(pulled - taken).toBeLessThanOrEqual(3)
      if (item > 0) expect(pulled - taken).toBeGreaterThanOrEqual(2)
      if (item === 10) break
    }
    const pulledThen = pulled
    for (let wait = 0; wait < 20; wait++) await tick()
    expect(pulled).toBe(pulledThen)
  })
})

describe('pipeline stages: progress', () => {
  test('tells ten times a second at most, always the end, with rate and time left', () => {
    let now = 0
    const told: JobProgress[] = []
    const meter = new ProgressMeter(
      progress => told.push(progress),
      () => now,
    )
    meter.begin('importing', 1000)
    for (let i = 0; i < 1000; i++) {
      now += 10
      meter.advance()
    }
    meter.end()
    expect(told.length).toBeLessThan(110)
    expect(told.at(-1)).toMatchObject({ phase: 'importing', done: 1000, total: 1000 })
    const middle = told.find(({ done }) => done >= 500)!
    expect(middle.rate).toBeCloseTo(100, 0)
    expect(middle.secondsLeft).toBeCloseTo(5, 0)
  })
})
