import { describe, expect, test } from 'vitest'
import { en } from '../../../electron/main/locales/en.ts'
import { errorCodes } from '../../../electron/shared/errors.ts'
import { t } from '../../../renderer/locales/i18n.ts'
import pageTexts from '../../../renderer/locales/en.json'
import errorTexts from '../../../renderer/locales/en-errors.json'
import learningTexts from '../../../renderer/locales/en-learning.json'
import viewTexts from '../../../renderer/locales/en-views.json'

const inDialog = Object.values(en.engineFailed.nextSteps)
const quotedIn = (text: string): string[] => [...text.matchAll(/“([^”]+)”/g)].map(match => match[1]!)

describe('what to do next, in the window', () => {
  test.each(errorCodes)('is a sentence: %s', code => {
    const step = t(`next.${code}`)
    expect(step).toMatch(/^[A-Z].{8,}/)
    expect(step.trim()).toBe(step)
  })

  test('names no command', () => {
    for (const step of [...Object.values(errorTexts), ...inDialog])
      expect(step).not.toMatch(/kindred [a-z]|npm |--\w|`/)
  })

  test('names buttons and pages as they are called', () => {
    const labels = new Set(Object.values({ ...pageTexts, ...viewTexts, ...learningTexts }))
    const steps = errorCodes.map(code => errorTexts[`next.${code}`])
    const named = steps.flatMap(quotedIn)
    expect(named.length).toBeGreaterThan(5)
    expect(named.filter(label => !labels.has(label))).toEqual([])
    for (const label of inDialog.flatMap(quotedIn)) expect(Object.values(en.engineFailed)).toContain(label)
  })
})
