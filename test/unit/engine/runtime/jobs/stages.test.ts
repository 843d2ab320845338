import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { inBatches, mapConcurrently, prefetch } from '../../../../../electron/engine/runtime/jobs/pipeline.ts'

const tick = (): Promise<void> => new Promise(resolve => setImmediate(resolve))
const ticks = async (count: number): Promise<void> => {
  for (let i = 0; i < count; i++) await tick()
}

/** A source that knows how far it was read and whether it was closed. */
function watched(length: number, failAt = Infinity) {
  const state = { pulled: 0, closed: false }
  async function* read(): AsyncGenerator<number> {
    try {
      for (let i = 0; i < length; i++) {
        state.pulled++
        await tick()
        if (i === failAt) throw new Error(`source ${i}`)
        yield i
      }
    } finally {
      state.closed = true
    }
  }
  return { state, source: read() }
}

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = []
  for await (const item of source) items.push(item)
  return items
}

describe('mapConcurrently', () => {
  test('keeps the order and the limit, whatever each item costs', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(4), { maxLength: 25 }),
        fc.integer({ min: 1, max: 6 }),
        async (costs, limit) => {
          let running = 0
          let most = 0
          const mapped = mapConcurrently(costs.entries(), limit, async ([i, cost]) => {
            most = Math.max(most, ++running)
            await ticks(cost + 1)
            running--
            return i
          })
          expect(await collect(mapped)).toEqual([...costs.keys()])
          expect(most).toBe(Math.min(limit, costs.length))
        },
      ),
      { numRuns: 60 },
    )
  })

  test('reads the source only as results are taken', async () => {
    const { state, source } = watched(100)
    const mapped = mapConcurrently(source, 3, async n => n)
    await mapped.next()
    await ticks(30)
    expect(state.pulled).toBeLessThanOrEqual(3)
    await mapped.return(undefined)
    expect(state.closed).toBe(true)
  })

  test('waits for what is under way when its consumer leaves', async () => {
    const finished: number[] = []
    for await (const item of mapConcurrently(watched(100).source, 4, async n => {
      await ticks(10)
      finished.push(n)
      return n
    }))
      if (item === 2) break
    const settled = finished.length
    expect(settled).toBeGreaterThanOrEqual(3)
    expect(settled).toBeLessThanOrEqual(6)
    await ticks(30)
    expect(finished).toHaveLength(settled)
  })

  test('passes on the failure of the earliest item, after the results before it, and closes the source', async () => {
    const { state, source } = watched(100)
    const seen: number[] = []
    const work = async (): Promise<void> => {
      for await (const n of mapConcurrently(source, 4, async item => {
        // The later one fails sooner.
        if (item === 5) throw new Error('item 5')
        if (item === 4) {
          await ticks(20)
          throw new Error('item 4')
        }
        return item
      }))
        seen.push(n)
    }
    await expect(work()).rejects.toThrow('item 4')
    expect(seen).toEqual([0, 1, 2, 3])
    expect(state.closed).toBe(true)
  })

  test('passes on the failure of its source', async () => {
    await expect(collect(mapConcurrently(watched(100, 7).source, 3, async n => n))).rejects.toThrow(
      'source 7',
    )
  })
})

describe('inBatches', () => {
  test('loses and doubles nothing, and only the last batch is smaller', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(30), fc.integer({ min: 1, max: 9 }), async (length, size) => {
        const batches = await collect(inBatches(watched(length).source, size))
        expect(batches.flat()).toEqual(Array.from({ length }, (_, i) => i))
        for (const batch of batches.slice(0, -1)) expect(batch).toHaveLength(size)
        if (batches.length > 0) expect(batches.at(-1)!.length).toBeGreaterThan(0)
      }),
      { numRuns: 30 },
    )
  })

  test('closes the source when its consumer leaves', async () => {
    const { state, source } = watched(100)
    for await (const batch of inBatches(source, 4)) if (batch[0] === 4) break
    expect(state).toEqual({ pulled: 8, closed: true })
  })
})

describe('prefetch', () => {
  test('lets the source work while its consumer does, by so many items at most', async () => {
    for (const items of [1, 2, 5]) {
      const { state, source } = watched(40)
      let taken = 0
      for await (const item of prefetch(source, items)) {
        expect(item).toBe(taken++)
        await ticks(20)
        expect(state.pulled).toBe(Math.min(40, taken + items))
      }
      expect(taken).toBe(40)
    }
  })

  test('hands all items on before the failure of the source', async () => {
    const seen: number[] = []
    const work = async (): Promise<void> => {
      for await (const item of prefetch(watched(100, 6).source, 4)) {
        seen.push(item)
        await ticks(10)
      }
    }
    await expect(work()).rejects.toThrow('source 6')
    expect(seen).toEqual([0, 1, 2, 3, 4, 5])
  })

  test('closes the source when its consumer leaves or fails', async () => {
    const { state, source } = watched(100)
    const work = async (): Promise<void> => {
      for await (const item of prefetch(source, 3)) if (item === 5) throw new Error('consumer')
    }
    await expect(work()).rejects.toThrow('consumer')
    expect(state.closed).toBe(true)
    expect(state.pulled).toBeLessThanOrEqual(9)
  })

  test('passes an empty source and one shorter than it may run ahead', async () => {
    expect(await collect(prefetch(watched(0).source, 3))).toEqual([])
    expect(await collect(prefetch(watched(2).source, 5))).toEqual([0, 1])
  })
})
