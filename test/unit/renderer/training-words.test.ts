import { afterEach, describe, expect, test } from 'vitest'
import type { TrainingWait } from '../../../electron/shared/training-wait.ts'
import { speak } from '../../../renderer/locales/i18n.ts'
import {
  adviceSentences,
  outcomeWords,
  reasonSentence,
  waitWords,
} from '../../../renderer/locales/training-words.ts'
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

describe('why there is no training', () => {
  const lack = { code: 'too-few-albums', fewestAlbums: 2, fewestPhotos: 5, trainable: 1 } as const
  const waits: readonly [string, TrainingWait][] = [
    [
      'Learning needs 2 albums of at least 5 different photos; there are none.',
      { ...lack, trainable: 0, lacking: [] },
    ],
    [
      'Learning needs 2 albums of at least 5 different photos; there is 1. “Dogs” needs 2 more photos.',
      { ...lack, lacking: [{ album: 'Dogs', needs: 2 }] },
    ],
    [
      'It starts by itself once 12 labels have changed; it is 11 now.',
      { code: 'more-labels', wanted: 12, changed: 11 },
    ],
    ['It waits for other work to end.', { code: 'other-work' }],
    ['It starts by itself when you have left the computer for 2 minutes.', { code: 'in-use', minutes: 2 }],
    ['The computer runs on its battery.', { code: 'on-battery' }],
    ['The computer is hot.', { code: 'hot' }],
    ['The computer is busy with other work.', { code: 'busy' }],
  ]
  afterEach(() => void speak('en'))

  test.each(waits)('waitWords: %s', (sentence, wait) => {
    expect(waitWords(wait)).toBe(sentence)
    speak('de')
    expect(waitWords(wait)).not.toBe(sentence)
    expect(waitWords(wait)).not.toMatch(/\{|model\./)
  })
})
