import { describe, expect, test } from 'vitest'
import { formatBytes, formatNumber, t } from '../../../renderer/locales/i18n.ts'

describe('texts', () => {
  test('have their placeholders filled, with numbers as the locale writes them', () => {
    expect(t('photo.place', { number: 3, total: 1500 })).toBe(`Photo 3 of ${formatNumber(1500)}`)
  })

  test('have a form for one and a form for several', () => {
    expect(t('photos', { count: 1 })).toBe('1 photo')
    expect(t('photos', { count: 0 })).toBe('0 photos')
    expect(t('photos', { count: 2 })).toBe('2 photos')
  })

  test('keep a placeholder that has no value', () => {
    expect(t('photo.place', { number: 1 })).toBe('Photo 1 of {total}')
  })
})

test('formatBytes: writes sizes in the unit that fits', () => {
  expect(formatBytes(0)).toMatch(/^0/)
  expect(formatBytes(45_000)).toMatch(/^45/)
  expect(formatBytes(3_400_000)).toMatch(/^3[.,]4/)
  expect(formatBytes(2.5e14)).toMatch(/^250/)
})
