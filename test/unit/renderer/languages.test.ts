import { afterEach, describe, expect, test } from 'vitest'
import { languageOf, languages } from '../../../electron/shared/languages.ts'
import { textsOf as desktopTextsOf } from '../../../electron/main/locales/texts.ts'
import {
  formatDay,
  formatFixed,
  formatNumber,
  formatPercent,
  speak,
  t,
} from '../../../renderer/locales/i18n.ts'
import { textsOf } from '../../../renderer/locales/texts.ts'

const placeholders = (text: string): string[] =>
  [...new Set([...text.matchAll(/\{(\w+)\}/g)].map(match => match[0]))].sort()

const pluralForm = /^(.+)\.(zero|one|two|few|many|other)$/

/** Returns all paths to texts of an object, with `()` where a text is made by a function. */
function leaves(value: unknown, path = ''): string[] {
  if (typeof value === 'string') return [path]
  if (typeof value === 'function') return [`${path}()`]
  return Object.entries(value as object).flatMap(([key, part]) => leaves(part, `${path}/${key}`))
}

const others = languages.filter(language => language !== 'en')
afterEach(() => void speak('en'))

describe.each(others)('texts in %s', language => {
  const [english, translated] = [textsOf.en, textsOf[language]]
  const base = (key: string): string => pluralForm.exec(key)?.[1] ?? key
  const bases = (texts: Readonly<Record<string, string>>): Set<string> =>
    new Set(Object.keys(texts).map(base))

  test('have the same keys as in English', () => {
    const [wanted, found] = [bases(english), bases(translated)]
    expect([...wanted.difference(found)], 'missing').toEqual([])
    expect([...found.difference(wanted)], 'superfluous').toEqual([])
  })

  test('have a form for each plural category of the language, and no other', () => {
    const categories = new Intl.PluralRules(language).resolvedOptions().pluralCategories.toSorted()
    const plurals = new Set(Object.keys(english).flatMap(key => pluralForm.exec(key)?.[1] ?? []))
    const wanted = [...plurals].flatMap(key => categories.map(category => `${key}.${category}`))
    const found = Object.keys(translated).filter(key => pluralForm.test(key))
    expect(found.toSorted()).toEqual(wanted.toSorted())
  })

  test('have the placeholders of the English text', () => {
    const different = Object.entries(translated).filter(([key, text]) => {
      const source = english[key] ?? english[`${base(key)}.other`]!
      return placeholders(text).join() !== placeholders(source).join()
    })
    expect(different).toEqual([])
  })

  test('are not empty and have no space at their ends', () => {
    for (const [key, text] of Object.entries(translated)) expect(text, key).toMatch(/^\S(.*\S)?$/)
  })

  test('name buttons and pages as they are called', () => {
    const labels = new Set(Object.values(translated))
    const named = Object.entries(translated)
      .filter(([key]) => key.startsWith('next.'))
      .flatMap(([, text]) => [...text.matchAll(/„([^“]+)“/g)].map(match => match[1]!))
    expect(named.length).toBeGreaterThan(5)
    expect(named.filter(label => !labels.has(label))).toEqual([])
  })

  test('of menus and dialogs have the same keys as in English', () => {
    expect(leaves(desktopTextsOf[language]).sort()).toEqual(leaves(desktopTextsOf.en).sort())
    const { nextSteps, ...buttons } = desktopTextsOf[language].engineFailed
    for (const label of Object.values(nextSteps).flatMap(step => [...step.matchAll(/„([^“]+)“/g)]))
      expect(Object.values(buttons)).toContain(label[1])
  })
})

test('numbers, dates and percentages are written as the language writes them', () => {
  const date = Date.UTC(2024, 4, 17)
  expect(speak('de')).toBe('de')
  expect(t('photos', { count: 1234 })).toBe('1.234 Fotos')
  expect([formatNumber(1234.5), formatFixed(0.25, 3), formatDay(date)]).toEqual([
    '1.234,5',
    '0,250',
    '17. Mai 2024',
  ])
  expect(formatPercent(0.5)).toBe('50\u00a0%')
  expect(formatFixed(0.5, 1, 'percent')).toBe('50,0\u00a0%')
  speak('en')
  expect(t('photos', { count: 1 })).toBe('1 photo')
  expect([formatFixed(0.25, 3), formatFixed(0.5, 1, 'percent')]).toEqual(['0.250', '50.0%'])
})

test('languageOf: takes the language of a locale, English where it is not known', () => {
  expect(['de', 'de-AT', 'DE_ch', 'en-GB', 'fr-FR', '', 'den'].map(languageOf)).toEqual([
    ...['de', 'de', 'de', 'en', 'en', 'en', 'en'],
  ])
})
