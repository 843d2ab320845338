import { expect, test } from 'vitest'
import { Settling } from '../../../../../electron/engine/import/watching/settling.ts'

const stamp = (size: number, at: number) => ({ size, modifiedMs: at, changedMs: at })

test('a file whose own times are old has come to rest at once', () => {
  expect(new Settling().isSettled('/a', stamp(1, 1000), 0, 1400)).toBe(true)
  expect(new Settling().isSettled('/a', stamp(1, 1000), 0, 1399)).toBe(false)
})

test('a file is waited for while it grows, also where its clock runs ahead', () => {
  const settling = new Settling()
  for (let now = 0; now < 3000; now += 300)
    expect(settling.isSettled('/a', stamp(now, 90_000 + now), now, 1000)).toBe(false)
  expect(settling.isSettled('/a', stamp(2700, 92_700), 3100, 1000)).toBe(true)
})

test('a file that is gone is waited for a little longer: programs delete a file and write it anew', () => {
  const settling = new Settling()
  expect(settling.isSettled('/a', undefined, 0)).toBe(false)
  expect(settling.isSettled('/a', undefined, 1100)).toBe(false)
  expect(settling.isSettled('/a', undefined, 1200)).toBe(true)
  expect(settling.isSettled('/b', undefined, 0)).toBe(false)
  settling.forget('/b')
  expect(settling.isSettled('/b', undefined, 5000)).toBe(false)
})
