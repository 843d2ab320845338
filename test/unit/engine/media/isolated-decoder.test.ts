import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp, { type Sharp } from 'sharp'
import { describe, expect, test } from 'vitest'
import { revived } from '../../../../electron/engine/media/careful-decode.ts'
import { decodePhoto, type DecodedPhoto } from '../../../../electron/engine/media/decode.ts'
import { libvipsMemory } from '../../../../electron/engine/media/decoders/libvips-memory.ts'
import { decodeIsolated } from '../../../../electron/engine/media/isolated-decoder.ts'
import { pictureBytes } from '../../../support/small-photos.ts'
import { codeOf, Scratch } from '../scratch.ts'

const scratch = new Scratch()
const MB = 2 ** 20
const work = { kind: 'photo', networkSize: 48 } as const

describe('decoding in a process of its own', () => {
  test('gives what decoding here gives, from bytes and from a file', async () => {
    const bytes = await pictureBytes(1, 'png', { width: 500, height: 400 })
    const path = join(scratch.folder(), 'a.png')
    writeFileSync(path, bytes)
    const expected = await decodePhoto(bytes, 48)
    const contentHash = createHash('sha256').update(bytes).digest()
    for (const source of [{ bytes }, { path, contentHash, size: bytes.length }])
      expect(revived((await decodeIsolated(source, MB, work)) as DecodedPhoto)).toEqual(expected)
  })

  test('fails with the code of what is wrong with the image', async () => {
    const bytes = await pictureBytes(1, 'jpg', { width: 500, height: 400 })
    const start = bytes.subarray(0, bytes.length / 20)
    expect(await codeOf(() => decodeIsolated({ bytes: start }, MB, work))).toBe('truncated-image')
    const path = join(scratch.folder(), 'a.jpg')
    writeFileSync(path, bytes)
    const changed = { path, contentHash: Buffer.alloc(32), size: bytes.length }
    expect(await codeOf(() => decodeIsolated(changed, MB, work))).toBe('file-vanished')
  })

  test('is not begun where there is too little memory', async () => {
    const bytes = await pictureBytes(1)
    expect(await codeOf(() => decodeIsolated({ bytes }, 2 ** 50, work))).toBe('too-little-memory')
  })

  test('ends when it is given up', async () => {
    const stop = new AbortController()
    const decoding = decodeIsolated({ bytes: await pictureBytes(1) }, MB, work, stop.signal)
    stop.abort(new Error('given up'))
    await expect(decoding).rejects.toThrow('given up')
  })

  test.skipIf(process.platform !== 'linux')('blames the image when its process is killed twice', async () => {
    const bytes = await pictureBytes(1)
    let kills = 0
    const killer = setInterval(() => {
      for (const pid of decoders()) {
        process.kill(pid, 'SIGKILL')
        kills++
      }
    }, 5)
    try {
      expect(await codeOf(() => decodeIsolated({ bytes }, MB, work))).toBe('decode-crashed')
      expect(kills).toBeGreaterThanOrEqual(2)
    } finally {
      clearInterval(killer)
    }
  })
})

/** The processes that decode for this one. */
function decoders(): number[] {
  const children = readdirSync('/proc/self/task').flatMap(task =>
    readFileSync(`/proc/self/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  )
  return children.filter(pid => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('decode.worker')
    } catch {
      return false
    }
  })
}

describe('memory of decoding', () => {
  test.each<[string, (image: Sharp) => Sharp, number, number]>([
    ['a JPEG, row by row', image => image.jpeg(), 0, 0.5],
    [
      'a progressive JPEG, all coefficients',
      image => image.jpeg({ progressive: true, chromaSubsampling: '4:4:4' }),
      6,
      7,
    ],
    ['a progressive JPEG with fewer colours', image => image.jpeg({ progressive: true }), 3, 4],
    ['an interlaced PNG', image => image.png({ progressive: true }), 3.6, 5],
    ['a GIF', image => image.gif(), 5, 6],
    ['an AVIF', image => image.avif({ effort: 0 }), 18, 20],
  ])('of %s', async (_, encode, least, most) => {
    const blank = sharp({ create: { width: 64, height: 64, channels: 3, background: '#345' } })
    const metadata = await sharp(await encode(blank).toBuffer()).metadata()
    const perPixel = (libvipsMemory({ ...metadata, width: 10_000, height: 10_000 }) - 8 * MB) / 1e8
    expect(perPixel).toBeGreaterThanOrEqual(least)
    expect(perPixel).toBeLessThanOrEqual(most)
  })
})
