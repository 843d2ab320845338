import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { displayPath, isBelow, pathFromBytes, pathToBytes } from '../../../../electron/engine/scan/paths.ts'

describe('paths', () => {
  it('survive the way to a string and back, whatever their bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), bytes => {
        const path = pathFromBytes(bytes)
        expect(pathToBytes(path)).toEqual(Buffer.from(bytes))
        expect(pathToBytes(JSON.parse(JSON.stringify(path)) as string)).toEqual(Buffer.from(bytes))
      }),
      { numRuns: 2000 },
    )
  })

  it('are ordinary strings where they are ordinary', () => {
    for (const path of ['/home/ada/Fotos/Blüte 🌸.jpg', '', 'a\nb'])
      expect(pathFromBytes(Buffer.from(path))).toBe(path)
  })

  it('are shown without control characters and broken ones', () => {
    expect(displayPath('a\nb\u0007')).toBe('a␤b�')
    expect(displayPath(pathFromBytes(Uint8Array.of(0x61, 0xff)))).toBe('a�')
  })

  it('lie below a folder by whole names only', () => {
    expect(isBelow('/a/b/c', '/a/b')).toBe(true)
    expect(isBelow('/a/b', '/a/b')).toBe(true)
    expect(isBelow('/a/bc', '/a/b')).toBe(false)
    expect(isBelow('/a', '/')).toBe(true)
  })
})
