import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { errorCodes, errorReasons, type ErrorDetails } from '../../../electron/shared/errors.ts'
import { languages } from '../../../electron/shared/languages.ts'
import { errorWords, failureWords } from '../../../renderer/locales/error-words.ts'
import { speak, t } from '../../../renderer/locales/i18n.ts'
import { textsOf } from '../../../renderer/locales/texts.ts'

const details = (reason: ErrorDetails['reason'], values: Record<string, string | number>): ErrorDetails => ({
  reason,
  ...values,
})

afterEach(() => void speak('en'))

describe.each(languages)('what went wrong, in %s', language => {
  const texts = textsOf[language]

  test.each([...errorCodes, ...errorReasons])('is a sentence: %s', code => {
    expect(texts[`error.${code}`]).toMatch(/^[\p{Lu}“„{].*([.]|\{because\})$/u)
  })

  test.each(errorCodes)('needs no values where there are none: %s', code => {
    speak(language)
    expect(errorWords({ code })).not.toMatch(/[{}]/)
  })

  if (language !== 'en')
    test.each([...errorCodes, ...errorReasons])('is not English: %s', code => {
      expect(texts[`error.${code}`]).not.toBe(textsOf.en[`error.${code}`])
    })
})

describe('errorWords', () => {
  test('says what the details say, in the language of the page', () => {
    const error = {
      code: 'folder-not-found',
      details: details('folder-not-found.named', { path: '/a' }),
    } as const
    expect(errorWords(error)).toBe('The folder /a does not exist.')
    speak('de')
    expect(errorWords(error)).toBe('Den Ordner /a gibt es nicht.')
    expect(failureWords(error)).toBe(`Den Ordner /a gibt es nicht. ${t('next.folder-not-found')}`)
  })

  test('writes sizes as the language writes them', () => {
    const error = {
      code: 'file-too-large',
      details: details('file-too-large.upload', { bytes: 1.5e6 }),
    } as const
    expect(errorWords(error)).toBe('An image to search by may have 1.5 MB at most.')
    speak('de')
    expect(errorWords(error)).toBe('Ein Bild für die Suche darf höchstens 1,5 MB groß sein.')
  })
})

test('the page shows no sentence of the engine', () => {
  // An upload's error is read from its answer, to be thrown again; findings of the check are sentences.
  const readers = new Set([join('transport', 'media.ts'), join('components', 'LibraryCheck.svelte')])
  const folder = join(import.meta.dirname, '../../../renderer')
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    name => /\.(ts|svelte)$/.test(name) && !readers.has(name),
  )
  expect(sources.length).toBeGreaterThan(100)
  const reading = sources.filter(name =>
    /\.message\b|\{[^{}]*\bmessage\b[^{}]*\} = |\(\{[^{}]*\bmessage\b/.test(
      readFileSync(join(folder, name), 'utf8'),
    ),
  )
  expect(reading).toEqual([])
})
