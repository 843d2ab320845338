import { describe, expect, test } from 'vitest'
import { dateInName, fileDate } from '../../../../../electron/engine/media/metadata/name-date.ts'

const day = '2019-07-01T00:00:00'
const noon = '2019-07-01T12:34:56'
/** A local moment, as a clock at the wall showed it. */
const changed = (...parts: [number, number, number]): { modifiedMs: number } => ({
  modifiedMs: new Date(...parts, 10, 20, 30).getTime(),
})

describe('a date in the name of a file', () => {
  test.each([
    ['IMG-20190701-WA0001.jpg', day],
    ['IMG_20190701_123456.jpg', noon],
    ['MVIMG_20190701_123456.jpg', noon],
    ['IMG_20190701_123456_1.jpg', noon],
    ['PXL_20190701_123456789.MP.jpg', noon],
    ['signal-2019-07-01-123456.jpg', noon],
    ['signal-2019-07-01-12-34-56-789.jpg', noon],
    ['Screenshot_2019-07-01-12-34-56.png', noon],
    ['Screenshot_20190701-123456_Maps.png', noon],
    ['Screenshot_2019-07-01.png', day],
    ['Screen Shot 2019-07-01 at 12.34.56.png', noon],
    ['Screenshot 2019-07-01 at 1.02.03 PM.png', '2019-07-01T13:02:03'],
    ['Bildschirmfoto 2019-07-01 um 12.34.56.png', noon],
    ['WhatsApp Image 2019-07-01 at 12.34.56.jpeg', noon],
    ['photo_2019-07-01_12-34-56.jpg', noon],
    ['2019-07-01 12.34.56.jpg', noon],
    ['20190701_123456.jpg', noon],
    ['20190701123456.jpg', noon],
    ['20190701.jpg', day],
    ['20190701_999999.jpg', day],
    ['1974-06-15 grandmother.jpg', '1974-06-15T00:00:00'],
  ])('%s', (name, text) => {
    expect(dateInName(name)?.text).toBe(text)
  })

  test.each([
    'IMG_1234.jpg',
    'DSC_20191301.jpg',
    'order 1234567890123.jpg',
    '19740615.jpg',
    '00020190701.jpg',
    '2019-02-30.jpg',
    'a.jpg',
    '',
    `${'1'.repeat(300)}.jpg`,
  ])('none: %s', name => {
    expect(dateInName(name)).toBeUndefined()
  })
})

describe('the date of a file', () => {
  test('is that of its name, whatever its time', () => {
    expect(fileDate('/photos/IMG-20190701-WA0001.jpg', changed(2024, 0, 5))).toEqual({
      millis: Date.UTC(2019, 6, 1),
      precision: 'day',
      from: 'file name',
    })
  })

  test.each([
    ['/photos/2019/a.jpg', Date.UTC(2019, 0, 1), 'year'],
    ['/photos/2019/07/a.jpg', Date.UTC(2019, 6, 1), 'month'],
    ['/photos/2019/07 July/02/a.jpg', Date.UTC(2019, 6, 2), 'day'],
    ['/photos/2019-07-02 Lake/a.jpg', Date.UTC(2019, 6, 2), 'day'],
    ['C:\\photos\\2019-07 Italy\\a.jpg', Date.UTC(2019, 6, 1), 'month'],
    ['/photos/Summer 2019/edited/a.jpg', Date.UTC(2019, 0, 1), 'year'],
    ['/photos/Scans (1974)/a.jpg', Date.UTC(1974, 0, 1), 'year'],
  ])('is that of its folder where it was copied later: %s', (path, millis, precision) => {
    expect(fileDate(path, changed(2024, 0, 5))).toEqual({ millis, precision, from: 'folder name' })
  })

  test('is its local time where it changed within that of the folder, or before', () => {
    for (const stamp of [changed(2019, 6, 8), changed(2015, 6, 8)]) {
      const { from, millis } = fileDate('/photos/2019/a.jpg', stamp)
      expect(from).toBe('file time')
      expect(new Date(millis).toISOString().slice(11, 19)).toBe('10:20:30')
    }
  })

  test('is its local time where no name tells: it is found on the day on which it was saved', () => {
    expect(
      fileDate('/photos/holidays/a.jpg', { modifiedMs: new Date(2024, 0, 5, 23, 50).getTime() }),
    ).toEqual({
      millis: Date.UTC(2024, 0, 5, 23, 50),
      precision: 'second',
      from: 'file time',
    })
  })

  test.each(['America/New_York', 'Asia/Kolkata', 'UTC'])('is local in %s', zone => {
    const before = process.env.TZ
    process.env.TZ = zone
    try {
      const saved = changed(2024, 0, 5)
      expect(fileDate('/photos/holidays/a.jpg', saved).millis).toBe(Date.UTC(2024, 0, 5, 10, 20, 30))
      expect(fileDate('/photos/IMG_20190701_123456.jpg', saved).millis).toBe(Date.UTC(2019, 6, 1, 12, 34, 56))
    } finally {
      if (before === undefined) delete process.env.TZ
      else process.env.TZ = before
    }
  })

  test('is not taken from folders far above', () => {
    expect(fileDate('/2019/a/b/c/d/e.jpg', changed(2024, 0, 5)).from).toBe('file time')
  })
})
