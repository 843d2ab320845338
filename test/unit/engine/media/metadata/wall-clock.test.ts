import { describe, expect, test } from 'vitest'
import { clockMillis } from '../../../../../electron/engine/library/clock-millis.ts'
import { clockInZone, readWallClock } from '../../../../../electron/engine/media/metadata/wall-clock.ts'

const second = 'second' as const
const noon = { text: '2019-07-01T12:34:56', precision: second }

describe('a date in a file', () => {
  test.each([
    ['2019:07:01 12:34:56', noon],
    ['2019:07:01 12:34:56\0\0', noon],
    ['  2019:07:01 12:34:56   ', noon],
    ['2019-07-01 12:34:56', noon],
    ['2019/07/01 12:34:56', noon],
    ['2019.07.01 12.34.56', noon],
    ['2019-07-01T12:34:56', noon],
    ['20190701T123456', noon],
    ['20190701 123456', noon],
    ['2019-07-01T12:34:56Z', { ...noon, offset: 'Z' }],
    ['2019-07-01T12:34:56+02:00', { ...noon, offset: '+02:00' }],
    ['2019:07:01 12:34:56-0330', { ...noon, offset: '-03:30' }],
    ['2019:07:01 12:34:56 +2', { ...noon, offset: '+02:00' }],
    ['2019:07:01 12:34:56.123', { ...noon, subseconds: '123' }],
    ['2019-07-01T12:34:56.12345678901+09:00', { ...noon, subseconds: '123456789', offset: '+09:00' }],
    ['2019:07:01 12:34:56 PM', noon],
    ['2019:07:01  9:34:56', { ...noon, text: '2019-07-01T09:34:56' }],
    ['2019:7:1 12:34:56', noon],
    ['2019: 7: 1 12:34:56', noon],
    ['2019:07:01 12:34', { text: '2019-07-01T12:34:00', precision: 'minute' }],
    ['2019:07:01 12:34:  ', { text: '2019-07-01T12:34:00', precision: 'minute' }],
    ['2019:07:01', { text: '2019-07-01T00:00:00', precision: 'day' }],
    ['20190701', { text: '2019-07-01T00:00:00', precision: 'day' }],
    ['2019-07', { text: '2019-07-01T00:00:00', precision: 'month' }],
    ['2019', { text: '2019-01-01T00:00:00', precision: 'year' }],
    ['Mon, 01 Jul 2019 12:34:56 +0200', { ...noon, offset: '+02:00' }],
    ['1 July 2019', { text: '2019-07-01T00:00:00', precision: 'day' }],
    ['Mon Jul  1 12:34:56 2019', noon],
    ['1850:06:01 12:00:00', { text: '1850-06-01T12:00:00', precision: second }],
    ['2020:02:29 00:00:00', { text: '2020-02-29T00:00:00', precision: second }],
  ])('may be written %j', (text, expected) => {
    expect(readWallClock(text)).toEqual(expected)
  })

  test.each([
    '',
    '   ',
    '0000:00:00 00:00:00',
    '    :  :     :  :  ',
    '0001:01:01 00:00:00',
    '1700:01:01 00:00:00',
    '2003:00:00 00:00:00',
    '2003:13:01 00:00:00',
    '2003:02:30 00:00:00',
    '2019:02:29 00:00:00',
    '2017:08:21 24:00:00',
    '2017:08:21 15:60:00',
    '2017:08:21 15:08:70',
    '9999:99:99 99:99:99',
    '2019:07:01 13:00:00 PM',
    'yesterday, at noon',
    '12:34:56',
    '2019:07:01 12:34:56 and more',
    '9'.repeat(100_000),
    `2019:07:01${' '.repeat(100_000)}x`,
  ])('is none where it is impossible: %j', text => {
    expect(readWallClock(text)).toBeUndefined()
  })

  test('lies in no future', () => {
    const now = Date.UTC(2026, 5, 1)
    expect(readWallClock('2027:01:01 00:00:00', now)?.text).toBe('2027-01-01T00:00:00')
    expect(readWallClock('2028:01:01 00:00:00', now)).toBeUndefined()
  })

  test('has no time zone unless one is written', () => {
    expect(readWallClock('2019:07:01 12:34:56 +19:00')).toEqual(noon)
  })
})

test('a clock counts milliseconds as if it were UTC', () => {
  expect(clockMillis({ text: '2019-07-01T12:34:56', subseconds: '1239' })).toBe(
    Date.UTC(2019, 6, 1, 12, 34, 56, 123),
  )
  expect(clockMillis({ text: '1850-06-01T12:00:00' })).toBe(Date.UTC(1850, 5, 1, 12))
})

test('a moment is shown as a clock at its place shows it', () => {
  const moment = Date.UTC(2018, 2, 4, 23, 30, 15)
  expect(clockInZone(moment, 'Asia/Kolkata')).toEqual({
    text: '2018-03-05T05:00:15',
    precision: 'second',
    offset: '+05:30',
  })
  expect(clockInZone(moment, 'Europe/London')?.offset).toBe('+00:00')
  expect(clockInZone(moment, 'Nowhere/At all')).toBeUndefined()
})
