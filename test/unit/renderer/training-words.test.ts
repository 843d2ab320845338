import { describe, expect, test } from 'vitest'
import { adviceSentences, outcomeWords, reasonSentence } from '../../../renderer/locales/training-words.ts'
import { advised, reasonSentences, wordedReport } from '../../support/gate-decisions.ts'

describe('training words of the window', () => {
  test.each(reasonSentences)('reasonSentence: %s', (sentence, report) => {
    expect(reasonSentence(report, false)).toBe(sentence)
  })

  test('adviceSentences: one for each advice, with its figures', () => {
    expect(adviceSentences(advised.report)).toEqual(advised.sentences)
  })

  test('show a report of an early release as it was stored', () => {
    expect(reasonSentence(wordedReport, false)).toBe(wordedReport.reason)
    expect(adviceSentences(wordedReport)).toEqual(wordedReport.advice)
  })

  test.each([
    [true, true, 'In use because it measured better'],
    [true, false, 'Measured better'],
    [false, true, 'In use because you chose it'],
    [false, false, 'Kept aside'],
  ])('what became of a version: accepted %s, in use %s', (accepted, inUse, words) => {
    expect(outcomeWords({ accepted }, inUse)).toBe(words)
  })

  test('a refused version that somebody uses all the same: who chose it, then what was measured', () => {
    const [sentence, report] = reasonSentences.find(([, { accepted }]) => !accepted)!
    expect(reasonSentence(report, true)).toBe(
      `You took it into use yourself. What was measured has not changed: ${sentence}`,
    )
    const [better, improved] = reasonSentences.find(([, { accepted }]) => accepted)!
    expect(reasonSentence(improved, true)).toBe(better)
  })
})
