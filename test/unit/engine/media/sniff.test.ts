import sharp, { type Sharp } from 'sharp'
import { describe, expect, it } from 'vitest'
import { looksLikePhoto, sniff } from '../../../../electron/engine/media/sniff.ts'

const image = (): Sharp => sharp({ create: { width: 9, height: 7, channels: 3, background: '#123456' } })

describe('the type of a file', () => {
  it.each<[string, (from: Sharp) => Sharp]>([
    ['image/jpeg', from => from.jpeg()],
    ['image/png', from => from.png()],
    ['image/webp', from => from.webp()],
    ['image/avif', from => from.avif({ effort: 0 })],
    ['image/tiff', from => from.tiff()],
    ['image/gif', from => from.gif()],
  ])('is %s by its content', async (type, encode) => {
    const bytes = await encode(image()).toBuffer()
    expect(await sniff(bytes)).toBe(type)
  })

  it('is known of a TIFF that was cut off', async () => {
    const bytes = await image().tiff().toBuffer()
    expect(await sniff(bytes.subarray(0, 12))).toBe('image/tiff')
    expect(await sniff(Buffer.from('MM\0*rest'))).toBe('image/tiff')
  })

  it('is unknown of nothing and of text', async () => {
    expect(await sniff(new Uint8Array(0))).toBeUndefined()
    expect(await sniff(Buffer.from('Dear diary, today'))).toBeUndefined()
    expect(await sniff(Buffer.alloc(4100))).toBeUndefined()
  })

  it('is no image for a document', async () => {
    expect(await sniff(Buffer.from('%PDF-1.7\n'))).toBe('application/pdf')
  })
})

describe('a name', () => {
  it.each([
    'a.jpg',
    'A.JPG',
    '/x/y.JpEg',
    'a.b.heic',
    'bild.tif',
    'x.webp',
    'line\nbreak.png',
    '/a/.b/c.avif',
  ])('%j promises a photo', name => expect(looksLikePhoto(name)).toBe(true))
  it.each(['a.txt', 'jpg', '.jpg', 'a.jpg.txt', 'a.jpg/b', 'a', '', 'a.mp4', 'a.svg', 'a.jpg '])(
    '%j does not',
    name => expect(looksLikePhoto(name)).toBe(false),
  )
})
