import { beforeEach, describe, expect, test } from 'vitest'
import { KindredError } from '../../../electron/shared/errors.ts'
import { t } from '../../../renderer/locales/i18n.ts'
import { attempt } from '../../../renderer/state/attempt.ts'
import { toasts } from '../../../renderer/state/toasts.svelte.ts'

describe('attempt', () => {
  beforeEach(() => {
    toasts.list = []
  })

  test('returns what the call returns', async () => {
    expect(await attempt(Promise.resolve(7))).toBe(7)
    expect(await attempt(undefined)).toBeUndefined()
    expect(toasts.list).toEqual([])
  })

  test('shows a failure and returns nothing', async () => {
    const failure = new KindredError('library-damaged', 'Damaged.')
    expect(await attempt(Promise.reject<number>(failure))).toBeUndefined()
    expect(toasts.list).toMatchObject([
      { kind: 'error', text: t('error.library-damaged'), detail: t('next.library-damaged') },
    ])
  })

  test('shows nothing for a call that was cancelled', async () => {
    expect(await attempt(Promise.reject<number>(new KindredError('cancelled', 'Cancelled.')))).toBeUndefined()
    expect(toasts.list).toEqual([])
  })
})
