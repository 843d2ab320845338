import { describe, expect, test } from 'vitest'
import {
  asKindredError,
  fromPlainError,
  KindredError,
  toPlainError,
  type PlainError,
} from '../../../electron/shared/errors.ts'

describe('error codes', () => {
  test('an error keeps its code, cause and details', () => {
    const cause = new Error('below')
    const details = { reason: 'disk-full.share', free: 0 } as const
    const error = new KindredError('disk-full', 'The disk is full.', { cause, details })
    expect(error).toBeInstanceOf(Error)
    expect(error).toMatchObject({
      name: 'KindredError',
      code: 'disk-full',
      message: 'The disk is full.',
      details,
    })
    expect(error.cause).toBe(cause)
    expect('cause' in new KindredError('disk-full', 'x')).toBe(false)
  })

  test('an error crosses to another process with its code, its sentence and its details', () => {
    const details = { reason: 'folder-not-found.named', path: '/a' } as const
    const error = new KindredError('folder-not-found', 'The folder /a does not exist.', { details })
    const crossed = JSON.parse(JSON.stringify(toPlainError(error))) as PlainError
    expect(fromPlainError(crossed)).toEqual(error)
    expect(toPlainError(new KindredError('cancelled', 'Stopped.'))).toEqual({
      code: 'cancelled',
      message: 'Stopped.',
    })
  })

  test('an error with a code stays itself', () => {
    const error = new KindredError('disk-full', 'The disk is full.')
    expect(asKindredError(error)).toBe(error)
  })

  test('an abort becomes a cancellation', () => {
    for (const controller of [new AbortController()]) {
      controller.abort()
      expect(asKindredError(controller.signal.reason)).toMatchObject({
        code: 'cancelled',
        cause: controller.signal.reason as unknown,
      })
    }
    const named = Object.assign(new Error('stop'), { name: 'AbortError' })
    expect(asKindredError(named).code).toBe('cancelled')
  })

  test.each([
    ['ENOSPC', 'disk-full'],
    ['SQLITE_FULL', 'disk-full'],
    ['SQLITE_IOERR_SHMSIZE', 'disk-full'],
    ['EDQUOT', 'disk-full'],
    ['EROFS', 'library-unwritable'],
    ['EIO', 'disk-failing'],
    ['EBADF', 'internal'],
    ['toString', 'internal'],
  ])('an error %s of the file system becomes %s', (code, expected) => {
    const error = Object.assign(new Error(`${code}: write`), { code })
    expect(asKindredError(error)).toMatchObject({ code: expected, cause: error })
  })

  test('a full disk is known by the message of native code', () => {
    expect(asKindredError(new Error('write failed: No space left on device')).code).toBe('disk-full')
  })

  test.each<[unknown, string]>([
    [new TypeError('oops'), 'oops'],
    ['a text', 'a text'],
    [undefined, 'undefined'],
    [null, 'null'],
    [{ message: 'no error' }, '[object Object]'],
  ])('is internal where nobody foresaw it: %s', (thrown, words) => {
    const error = asKindredError(thrown)
    expect(error.code).toBe('internal')
    expect(error.message).toContain(words)
  })
})
