import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  imagePath,
  imageSizes,
  parseMediaPath,
  thumbPath,
  tilePath,
  uploadPath,
} from '../../../electron/shared/media-url.ts'

const id = fc.integer({ min: 1, max: 999_999_999_999_999 })
const hash = fc.stringMatching(/^[0-9a-f]{1,64}$/)

describe('media URL', () => {
  test('is parsed to what it was made of', () => {
    fc.assert(
      fc.property(id, hash, fc.constantFrom(...imageSizes), (photo, version, size) => {
        expect(parseMediaPath(thumbPath(photo, version))).toEqual({ kind: 'thumb', id: photo })
        const tile = { level: size % 8, column: photo % 1000, row: size % 999 }
        expect(parseMediaPath(tilePath(photo, version, tile))).toEqual({ kind: 'tile', id: photo, ...tile })
        expect(parseMediaPath(imagePath(photo, version, size))).toEqual({ kind: 'image', id: photo, size })
        expect(parseMediaPath(imagePath(photo, version))).toEqual({
          kind: 'image',
          id: photo,
          size: imageSizes[1],
        })
      }),
    )
    const token = '0123456789abcdef'.repeat(2)
    expect(parseMediaPath(uploadPath(token))).toEqual({ kind: 'upload', token })
  })

  test.each(['thumb/5', 'image/5', 'image/5?v=ab'])('%s needs no version or size', url => {
    expect(parseMediaPath(url)).toMatchObject({ id: 5 })
  })

  test.each([
    '',
    '/thumb/5',
    'thumb/0',
    'thumb/05',
    'thumb/-1',
    'thumb/1.5',
    'thumb/1e3',
    'thumb/5/',
    'thumb/5?v=',
    'thumb/5?v=XY',
    `thumb/5?v=${'a'.repeat(65)}`,
    'thumb/5?v=ab&size=1280',
    'thumb/1234567890123456',
    'thumb/../../etc/passwd',
    'thumb/%2e%2e',
    'thumb/5\n',
    'thumb/5?v=ab\n',
    'image/5?size=1280',
    'image/5?v=ab&size=1',
    'image/5?v=ab&size=99999',
    'image/5?v=ab&size=01280',
    'image/5?v=ab&size=1280&size=1280',
    'tile/5',
    'tile/5?v=ab',
    'tile/5?v=ab&level=10&column=0&row=0',
    'tile/5?v=ab&level=0&column=1000&row=0',
    'tile/5?v=ab&level=0&column=00&row=0',
    'tile/5?v=ab&level=0&column=0&row=-1',
    'tile/5?v=ab&level=0&row=0&column=0',
    'upload/',
    `upload/${'g'.repeat(32)}`,
    `upload/${'a'.repeat(31)}`,
    `upload/${'a'.repeat(32)}?v=1`,
    `upload/${'A'.repeat(32)}`,
    'video/5',
  ])('refuses %j', url => expect(parseMediaPath(url)).toBeUndefined())
})
