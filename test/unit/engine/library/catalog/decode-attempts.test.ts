import { describe, expect, test } from 'vitest'
import { Scratch } from '../../scratch.ts'

const scratch = new Scratch()
const hash = Buffer.alloc(32, 1)

describe('decode attempts', () => {
  test('are spent when two were begun and did not end, also over a restart', () => {
    const folder = scratch.folder()
    const first = scratch.catalog(folder).decodeAttempts
    expect(first.isSpent(hash)).toBe(false)
    first.begin(hash)
    expect(first.isSpent(hash)).toBe(false)
    const second = scratch.catalog(folder).decodeAttempts
    second.begin(hash)
    expect(second.isSpent(hash)).toBe(true)
    expect(scratch.catalog(folder).decodeAttempts.isSpent(hash)).toBe(true)
    expect(second.isSpent(Buffer.alloc(32, 2))).toBe(false)
  })

  test('count from nothing again once one has ended', () => {
    const { decodeAttempts } = scratch.catalog()
    decodeAttempts.begin(hash)
    decodeAttempts.end(hash)
    decodeAttempts.begin(hash)
    expect(decodeAttempts.isSpent(hash)).toBe(false)
  })

  test('get one more chance when a person asks for it', () => {
    const { decodeAttempts } = scratch.catalog()
    for (let n = 0; n < 5; n++) decodeAttempts.begin(hash)
    decodeAttempts.forgive()
    expect(decodeAttempts.isSpent(hash)).toBe(false)
    decodeAttempts.begin(hash)
    expect(decodeAttempts.isSpent(hash)).toBe(true)
  })
})
