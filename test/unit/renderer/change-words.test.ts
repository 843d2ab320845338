import { afterEach, expect, test } from 'vitest'
import { changeWords } from '../../../renderer/locales/change-words.ts'
import { speak } from '../../../renderer/locales/i18n.ts'
import { changeSentences } from '../../support/album-changes.ts'

afterEach(() => void speak('en'))

test.each(changeSentences)('changeWords of the window: %s', (sentence, change) => {
  expect(changeWords(change)).toBe(sentence)
})

test.each(changeSentences.filter(([, { kind }]) => kind !== 'worded'))(
  'changeWords in German: not %s',
  (sentence, change) => {
    speak('de')
    expect(changeWords(change)).not.toBe(sentence)
    expect(changeWords(change)).not.toMatch(/\{|change\./)
  },
)
