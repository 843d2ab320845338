import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { RecentActivity } from '../../../../../electron/engine/learning/versions/recent-activity.ts'

let now = 0
vi.mock('node:timers/promises', () => ({
  setTimeout: (millis: number) => {
    now += millis
    return Promise.resolve()
  },
}))

beforeEach(() => {
  now = 1000
  vi.spyOn(performance, 'now').mockImplementation(() => now)
})
afterEach(() => vi.restoreAllMocks())

async function waited(activity: RecentActivity): Promise<number> {
  const started = now
  await activity.yield()
  return now - started
}

describe('recent activity', () => {
  test('does not wait while nobody uses the engine', async () => {
    expect(await waited(new RecentActivity())).toBe(0)
  })

  test('waits for 250 ms after each use, at most 150 ms at a time', async () => {
    const activity = new RecentActivity()
    activity.record()
    expect(await waited(activity)).toBe(150)
    expect(await waited(activity)).toBe(105)
    expect(await waited(activity)).toBe(0)
    activity.record()
    expect(await waited(activity)).toBe(150)
  })
})
