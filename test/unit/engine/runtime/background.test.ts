import { describe, expect, test } from 'vitest'
import { inBackground } from '../../../../electron/engine/runtime/background.ts'
import { surviveRejections } from '../../../../electron/shared/rejections.ts'

describe('work in the background', () => {
  test.each<[string, () => unknown]>([
    [
      'thrown',
      () => {
        throw new Error('It broke.')
      },
    ],
    ['rejected', () => Promise.reject(new Error('It broke.'))],
  ])('an error that is %s is logged with its stack and ends nothing', async (_, work) => {
    const logged: unknown[] = []
    inBackground((...entry) => logged.push(entry), 'Check', work)
    await Promise.resolve().then(() => undefined)
    const details = { code: 'internal', stack: expect.stringContaining('background.test') as string }
    expect(logged).toEqual([['error', expect.stringMatching(/^Check: .*It broke/), details]])
  })

  test('a rejection that nobody handled is reported with its stack', () => {
    const reports: string[] = []
    let tell!: (reason: unknown) => void
    surviveRejections({ on: (_, listener) => (tell = listener) }, text => reports.push(text))
    tell(new Error('Forgotten.'))
    tell('a text')
    expect(reports[0]).toMatch(/Forgotten\.\n +at /)
    expect(reports[1]).toContain('a text')
  })
})
