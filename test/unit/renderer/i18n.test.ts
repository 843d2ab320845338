import { describe, expect, it } from 'vitest'
import { formatBytes, formatNumber, t } from '../../../renderer/i18n.ts'

describe('t', () => {
  it('fills placeholders and writes numbers by locale', () => {
    expect(t('photo.labelDated', { number: 3, total: 1500, date: '12 May 2024' })).toBe(
      `Photo 3 of ${formatNumber(1500)}, 12 May 2024`,
    )
  })

  it('takes the form that the count asks for', () => {
    expect(t('photos', { count: 1 })).toBe('1 photo')
    expect(t('photos', { count: 0 })).toBe('0 photos')
    expect(t('photos', { count: 2 })).toBe('2 photos')
  })

  it('leaves a placeholder without a value as it is', () => {
    expect(t('photo.labelDated', { number: 1 })).toBe('Photo 1 of {total}, {date}')
  })
})

it('writes sizes in the unit that fits', () => {
  expect(formatBytes(0)).toMatch(/^0/)
  expect(formatBytes(45_000)).toMatch(/^45/)
  expect(formatBytes(3_400_000)).toMatch(/^3[.,]4/)
  expect(formatBytes(2.5e14)).toMatch(/^250/)
})
