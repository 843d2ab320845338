import { expect, test } from 'vitest'
import { changeWords } from '../../../electron/hosts/change-words.ts'
import { changeSentences } from '../../support/album-changes.ts'

test.each(changeSentences)('changeWords of the command line: %s', (sentence, change) => {
  expect(changeWords(change)).toBe(sentence)
})
