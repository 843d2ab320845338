import { isUtf8 } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  displayPath,
  fsPath,
  isBelow,
  pathFromBytes,
  pathToBytes,
} from '../../../../electron/engine/library/paths.ts'

describe('paths', () => {
  test('survive the conversion to a string and back, whatever their bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), bytes => {
        const path = pathFromBytes(bytes)
        expect(pathToBytes(path)).toEqual(Buffer.from(bytes))
        expect(pathToBytes(JSON.parse(JSON.stringify(path)) as string)).toEqual(Buffer.from(bytes))
      }),
      { numRuns: 2000 },
    )
  })

  test('survive the conversion where valid and invalid UTF-8 meet', () => {
    const piece = fc.oneof(
      fc.constantFrom('/', 'a', '\n', 'é', '日', '🌸', '💠', '\u{103ff}').map(text => [...Buffer.from(text)]),
      // Halves of characters, an encoded surrogate, too long a form, what no UTF-8 has.
      fc.constantFrom([0xc3], [0xe2, 0x82], [0xf0, 0x9f, 0x8c], [0xed, 0xb2, 0x80], [0xed, 0xa0, 0xbd]),
      fc.constantFrom([0xc0, 0xaf], [0xff], [0x80], [0xf5, 0x80, 0x80, 0x80]),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), pieces => {
        const bytes = Buffer.from(pieces.flat())
        const path = pathFromBytes(bytes)
        expect(pathToBytes(path)).toEqual(bytes)
        expect(pathToBytes(JSON.parse(JSON.stringify(path)) as string)).toEqual(bytes)
        expect(path.isWellFormed()).toBe(isUtf8(bytes))
        expect(displayPath(path).isWellFormed()).toBe(true)
        expect(displayPath(path)).not.toContain('\n')
        const given = fsPath(path)
        expect(Buffer.from(given as string)).toEqual(bytes)
      }),
      { numRuns: 2000 },
    )
  })

  test('that differ stay apart', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 6 }), fc.uint8Array({ maxLength: 6 }), (a, b) => {
        expect(pathFromBytes(a) === pathFromBytes(b)).toBe(Buffer.compare(a, b) === 0)
      }),
    )
  })

  test('are ordinary strings where they are ordinary', () => {
    for (const path of ['/home/ada/Fotos/Blüte 🌸.jpg', '', 'a\nb'])
      expect(pathFromBytes(Buffer.from(path))).toBe(path)
  })

  test('are shown without control characters and broken ones', () => {
    expect(displayPath('a\nb\u0007')).toBe('a␤b�')
    expect(displayPath(pathFromBytes(Uint8Array.of(0x61, 0xff)))).toBe('a�')
  })

  test('are shown without the second set of control characters either', () => {
    // U+009B begins an escape sequence in a terminal, as ESC [ does.
    expect(displayPath('a\u009b31mb')).not.toContain('\u009b')
  })

  test('lie below a folder by whole names only', () => {
    expect(isBelow('/a/b/c', '/a/b')).toBe(true)
    expect(isBelow('/a/b', '/a/b')).toBe(true)
    expect(isBelow('/a/bc', '/a/b')).toBe(false)
    expect(isBelow('/a', '/')).toBe(true)
    expect(isBelow('/a/b', '/a/')).toBe(true)
    expect(isBelow('/a', '/a/b')).toBe(false)
    expect(isBelow('/A/b', '/a')).toBe(false)
  })
})
