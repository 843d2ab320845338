import { describe, expect, test } from 'vitest'
import { growth, runForLeaks } from '../support/leak.ts'
import type { LeakReport } from '../support/leak-run.ts'

/** Small enough for every run; test/bench/memory.ts does ten times as much. */
const PLAN = { queries: 2000, imports: 900, shares: 9 }

/**
 * Bytes per query or import. Anything kept by mistake takes more: an embedding alone has 1,024, the
 * pixels of a photo 110,592. The process as a whole is noisier than the values in it.
 */
const MOST = {
  queries: { heap: 512, resident: 8_192 },
  imports: { heap: 2_048, resident: 65_536 },
}

describe('memory', () => {
  let report: LeakReport

  test('does not grow with queries', async () => {
    report = await runForLeaks(PLAN)
    expect(report.queries).toHaveLength(PLAN.shares)
    expect(growth(report.queries, 'heap')).toBeLessThan(MOST.queries.heap)
    expect(growth(report.queries, 'resident')).toBeLessThan(MOST.queries.resident)
  })

  test('does not grow with photos that come and go', () => {
    expect(report.imports).toHaveLength(PLAN.shares)
    expect(growth(report.imports, 'heap')).toBeLessThan(MOST.imports.heap)
    expect(growth(report.imports, 'resident')).toBeLessThan(MOST.imports.resident)
  })

  test('growth is detected', () => {
    const samples = [9, 1, 2, 3, 4, 5].map((kept, n) => ({ done: n * 100, heap: kept * 1e5, resident: 7 }))
    expect(growth(samples, 'heap')).toBeCloseTo(1000)
    expect(growth(samples, 'resident')).toBe(0)
  })
})
