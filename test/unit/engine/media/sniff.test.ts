import sharp, { type Sharp } from 'sharp'
import { describe, expect, test } from 'vitest'
import { sniff } from '../../../../electron/engine/media/formats/sniff.ts'

const image = (): Sharp => sharp({ create: { width: 9, height: 7, channels: 3, background: '#123456' } })

describe('sniff', () => {
  test.each<[string, (from: Sharp) => Sharp]>([
    ['image/jpeg', from => from.jpeg()],
    ['image/png', from => from.png()],
    ['image/webp', from => from.webp()],
    ['image/avif', from => from.avif({ effort: 0 })],
    ['image/tiff', from => from.tiff()],
    ['image/gif', from => from.gif()],
  ])('tells %s by its content', async (type, encode) => {
    const bytes = await encode(image()).toBuffer()
    expect(await sniff(bytes)).toBe(type)
  })

  test('tells a TIFF that was cut off', async () => {
    const bytes = await image().tiff().toBuffer()
    expect(await sniff(bytes.subarray(0, 12))).toBe('image/tiff')
    expect(await sniff(Buffer.from('MM\0*rest'))).toBe('image/tiff')
  })

  test('returns undefined for nothing and for text', async () => {
    expect(await sniff(new Uint8Array(0))).toBeUndefined()
    expect(await sniff(Buffer.from('Dear diary, today'))).toBeUndefined()
    expect(await sniff(Buffer.alloc(4100))).toBeUndefined()
  })

  test('tells a document from an image', async () => {
    expect(await sniff(Buffer.from('%PDF-1.7\n'))).toBe('application/pdf')
  })
})
