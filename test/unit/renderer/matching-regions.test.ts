import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { connection } from '../../../renderer/state/connection.svelte.ts'
import { MatchingRegionsState } from '../../../renderer/state/matching-regions.svelte.ts'

const examples = [{ photo: 1 }]

describe('matching regions', () => {
  const call = vi.spyOn(connection, 'call')
  const asked = (): number[] => call.mock.calls.map(([, input]) => (input as { photo: number }).photo)
  let regions: MatchingRegionsState
  beforeEach(() => {
    vi.useFakeTimers()
    call
      .mockReset()
      .mockImplementation(
        (_, input) => Promise.resolve({ photo: (input as { photo: number }).photo }) as never,
      )
    regions = new MatchingRegionsState()
  })
  afterEach(() => void vi.useRealTimers())

  test('are asked for ahead where somebody rests on a result, once', async () => {
    regions.look(examples, 7, false)
    expect(asked()).toEqual([])
    await vi.advanceTimersByTimeAsync(1000)
    expect(asked()).toEqual([7])
    expect(regions.found).toEqual({ photo: 7 })
    regions.look(examples, 7, true)
    expect(asked()).toEqual([7])
    expect(regions.found).toEqual({ photo: 7 })
  })

  test('are not asked for of results that are passed by', async () => {
    for (const photo of [7, 8, 9]) {
      regions.look(examples, photo, false)
      await vi.advanceTimersByTimeAsync(50)
    }
    await vi.advanceTimersByTimeAsync(1000)
    expect(asked()).toEqual([9])
  })

  test('are asked for at once where somebody waits for them, and are never those of another result', async () => {
    regions.look(examples, 7, true)
    expect(asked()).toEqual([7])
    regions.look(examples, 8, true)
    expect(regions.found).toBeUndefined()
    await vi.advanceTimersByTimeAsync(0)
    expect(asked()).toEqual([7, 8])
    expect(regions.found).toEqual({ photo: 8 })
  })

  test('that cannot be had leave an error, until another result is looked at', async () => {
    call.mockRejectedValueOnce(new Error('gone'))
    regions.look(examples, 7, true)
    await vi.advanceTimersByTimeAsync(0)
    expect(regions.error?.code).toBe('internal')
    regions.leave()
    expect(regions.error).toBeUndefined()
  })
})
