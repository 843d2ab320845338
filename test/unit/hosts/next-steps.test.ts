import { describe, expect, test } from 'vitest'
import { nextStepFor } from '../../../electron/hosts/next-steps.ts'
import { errorCodes } from '../../../electron/shared/errors.ts'

describe('what to do next, in the terminal', () => {
  test.each(errorCodes)('is a sentence that names no button: %s', code => {
    const step = nextStepFor(code)
    expect(step).toMatch(/^[A-Z].{8,}/)
    expect(step.trim()).toBe(step)
    expect(step).not.toMatch(/press|button|settings/i)
  })
})
