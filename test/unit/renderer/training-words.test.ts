import { describe, expect, test } from 'vitest'
import { adviceSentences, reasonSentence } from '../../../renderer/locales/training-words.ts'
import { advised, reasonSentences, wordedReport } from '../../support/gate-decisions.ts'

describe('training words of the window', () => {
  test.each(reasonSentences)('reasonSentence: %s', (sentence, report) => {
    expect(reasonSentence(report)).toBe(sentence)
  })

  test('adviceSentences: one for each advice, with its figures', () => {
    expect(adviceSentences(advised.report)).toEqual(advised.sentences)
  })

  test('show a report of an early release as it was stored', () => {
    expect(reasonSentence(wordedReport)).toBe(wordedReport.reason)
    expect(adviceSentences(wordedReport)).toEqual(wordedReport.advice)
  })
})
