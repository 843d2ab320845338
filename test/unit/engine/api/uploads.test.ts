import sharp from 'sharp'
import { beforeAll, describe, expect, test } from 'vitest'
import { Uploads } from '../../../../electron/engine/api/uploads.ts'
import { codeOf } from '../scratch.ts'

let image: Buffer<ArrayBuffer>
beforeAll(async () => {
  const pixels = { width: 64, height: 48, channels: 3, background: 'teal' } as const
  image = Buffer.from(await sharp({ create: pixels }).jpeg().toBuffer())
})

/** The image, with so many bytes behind its end. */
const padded = (bytes: number): Buffer<ArrayBuffer> => Buffer.concat([image], bytes)

describe('external images in memory', () => {
  const limits = { count: 3, bytes: 10_000, unused: 1000 }
  const kept = (uploads: Uploads, tokens: readonly string[]): Promise<boolean[]> =>
    Promise.all(tokens.map(async token => (await codeOf(() => uploads.get(token))) === 'no error'))

  test('are bounded in number: the one unused for longest goes', async () => {
    const uploads = new Uploads(64, limits)
    const tokens = [await uploads.add(image), await uploads.add(image), await uploads.add(image)]
    uploads.get(tokens[0]!)
    tokens.push(await uploads.add(image))
    expect(await kept(uploads, tokens)).toEqual([true, false, true, true])
    expect(await codeOf(() => uploads.get(tokens[1]!))).toBe('upload-gone')
    uploads.close()
  })

  test('are bounded in bytes, though the newest stays', async () => {
    const uploads = new Uploads(64, limits)
    const tokens = [await uploads.add(padded(6000)), await uploads.add(padded(5000))]
    expect(await kept(uploads, tokens)).toEqual([false, true])
    tokens.push(await uploads.add(padded(20_000)))
    expect(await kept(uploads, tokens)).toEqual([false, false, true])
    tokens.push(await uploads.add(padded(5000)), await uploads.add(padded(5000)))
    expect(await kept(uploads, tokens)).toEqual([false, false, false, true, true])
    uploads.close()
  })

  test('go when they are unused for long', async () => {
    let now = 0
    const uploads = new Uploads(64, limits, () => now)
    const tokens = [await uploads.add(image), await uploads.add(image)]
    now = 900
    uploads.get(tokens[1]!)
    now = 1100
    expect(await kept(uploads, tokens)).toEqual([false, true])
    now = 9000
    expect(await kept(uploads, tokens)).toEqual([false, false])
    uploads.close()
  })
})
