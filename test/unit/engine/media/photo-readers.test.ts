import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { PhotoReaders } from '../../../../electron/engine/media/photo-readers.ts'
import { decodePhoto } from '../../../../electron/engine/media/decode.ts'
import { ThumbnailCache } from '../../../../electron/engine/media/thumbnails.ts'
import { writePicture } from '../../../support/small-photos.ts'
import { codeOf, Scratch } from '../scratch.ts'

const SIZE = 48
const scratch = new Scratch()
let folder: string
let thumbnails: ThumbnailCache
let readers: PhotoReaders
beforeEach(() => {
  folder = scratch.folder()
  thumbnails = ThumbnailCache.open(join(folder, 'thumbnails'))
  readers = new PhotoReaders(thumbnails.folder, SIZE, scratch.catalog(folder).decodeAttempts)
})
afterEach(() => readers.close())

const sha256 = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest()

describe('photo readers', () => {
  test('return what the same file gives in this thread, many at once and in any memory', async () => {
    const paths = Array.from({ length: 24 }, (_, n) => join(folder, `${n}.jpg`))
    // Of very different sizes, so that memory is used again for a shorter file.
    for (const [n, path] of paths.entries())
      await writePicture(path, n, 'jpg', n % 3 === 0 ? { width: 1200, height: 900 } : {})
    const read = await Promise.all(
      paths.map(path =>
        readers.use(path, 1, async photo => ({
          hash: photo!.contentHash,
          bytes: photo!.bytes,
          decoded: await photo!.decode(),
        })),
      ),
    )
    for (const [n, { hash, bytes, decoded }] of read.entries()) {
      const file = readFileSync(paths[n]!)
      expect(hash).toEqual(sha256(file))
      expect(bytes).toBe(file.length)
      const { thumbnail, ...expected } = await decodePhoto(file, SIZE)
      expect({ ...decoded, perceptualHash: Buffer.from(decoded.perceptualHash) }).toEqual(expected)
      expect(await thumbnails.read(hash)).toEqual(thumbnail)
    }
  })

  test('read a photo without decoding it', async () => {
    const path = join(folder, 'a.jpg')
    await writePicture(path, 1)
    expect(await readers.use(path, 1, async photo => photo?.contentHash)).toEqual(sha256(readFileSync(path)))
    expect(await thumbnails.has(sha256(readFileSync(path)))).toBe(false)
  })

  test('fail for each bad file with its code, and read the others', async () => {
    const [good, damaged, text] = ['good.jpg', 'damaged.jpg', 'notes.txt'].map(name =>
      join(folder, name),
    ) as [string, string, string]
    await writePicture(good, 1, 'jpg', { width: 640, height: 480 })
    const bytes = readFileSync(good)
    writeFileSync(damaged, bytes.subarray(0, bytes.length / 20))
    writeFileSync(text, 'Dear diary')
    const decode = (path: string): Promise<unknown> =>
      readers.use(path, 1, async photo => photo && (await photo.decode()).format)
    const [first, second, third, fourth] = await Promise.all([
      codeOf(() => decode(damaged)),
      decode(text),
      codeOf(() => decode(join(folder, 'nowhere.jpg'))),
      decode(good),
    ])
    expect([first, second, third, fourth]).toEqual(['truncated-image', undefined, 'file-vanished', 'JPEG'])
    await expect(readers.use(good, 1, () => Promise.reject(new Error('mine')))).rejects.toThrow('mine')
    expect(await decode(good)).toBe('JPEG')
  })
})
