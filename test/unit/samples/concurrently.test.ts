import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { forEachConcurrently } from '../../../samples/concurrently.ts'

test('forEachConcurrently does all of the work, at most `limit` at once', async () => {
  const done: number[] = []
  let running = 0
  let most = 0
  await forEachConcurrently([1, 2, 3, 4, 5, 6, 7], 3, async item => {
    most = Math.max(most, ++running)
    await wait(1)
    running--
    done.push(item)
  })
  expect(done.sort()).toEqual([1, 2, 3, 4, 5, 6, 7])
  expect(most).toBe(3)
})

test('forEachConcurrently begins no more after a failure and awaits what is under way', async () => {
  const begun: number[] = []
  const ended: number[] = []
  const run = forEachConcurrently([1, 2, 3, 4], 2, async item => {
    begun.push(item)
    if (item === 1) throw new Error('first')
    await wait(5)
    ended.push(item)
  })
  await expect(run).rejects.toThrow('first')
  expect(begun).toEqual([1, 2])
  expect(ended).toEqual([2])
})
