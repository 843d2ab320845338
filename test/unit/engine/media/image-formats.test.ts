import sharp, { type Sharp } from 'sharp'
import { describe, expect, test } from 'vitest'
import {
  formatName,
  isReadable,
  looksLikePhoto,
} from '../../../../electron/engine/media/formats/image-formats.ts'
import { sniff } from '../../../../electron/engine/media/formats/sniff.ts'

test.each<[string, (from: Sharp) => Sharp]>([
  ['JPEG', from => from.jpeg()],
  ['PNG', from => from.png()],
  ['WebP', from => from.webp()],
  ['AVIF', from => from.avif({ effort: 0 })],
  ['TIFF', from => from.tiff()],
  ['GIF', from => from.gif()],
])('image formats: %s is known by its codec, its content and its ending', async (name, encode) => {
  const picture = sharp({ create: { width: 9, height: 7, channels: 3, background: '#123456' } })
  const bytes = await encode(picture).toBuffer()
  expect(formatName((await sharp(bytes).metadata()).format)).toBe(name)
  expect(isReadable((await sniff(bytes))!)).toBe(true)
  expect(looksLikePhoto(`a.${name.toLowerCase()}`)).toBe(true)
})

test('image formats: SVG is not read', () => {
  expect([formatName('svg'), isReadable('image/svg+xml')]).toEqual([undefined, false])
})

describe('image formats: looksLikePhoto', () => {
  test.each([
    'a.jpg',
    'A.JPG',
    '/x/y.JpEg',
    'a.b.heic',
    'bild.tif',
    'x.webp',
    'line\nbreak.png',
    '/a/.b/c.avif',
  ])('takes %j for a photo', name => expect(looksLikePhoto(name)).toBe(true))
  test.each(['a.txt', 'jpg', '.jpg', 'a.jpg.txt', 'a.jpg/b', 'a', '', 'a.mp4', 'a.svg', 'a.jpg '])(
    'does not take %j for one',
    name => expect(looksLikePhoto(name)).toBe(false),
  )
})
