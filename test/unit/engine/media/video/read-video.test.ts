import { closeSync, fstatSync, openSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readVideo, type VideoFile } from '../../../../../electron/engine/media/video/read-video.ts'
import { videoIdentity } from '../../../../../electron/engine/media/video/video-identity.ts'
import { readVideoInfo } from '../../../../../electron/engine/media/video/video-info.ts'
import { Random } from '../../../../../electron/shared/random.ts'
import { temporaryFolder } from '../../../../support/cli.ts'
import { filmColour, hasFfmpeg, makeAvi, makeVideo } from '../../../../support/videos.ts'

describe('a video', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  beforeAll(async () => void (folder = await temporaryFolder('videos')))
  afterAll(() => folder.remove())

  test('whose header says that it has no pixels has no size, rather than one that no catalog takes', async () => {
    const bytes = Buffer.from(await makeVideo({ container: 'webm', width: 320 }))
    // Matroska: PixelWidth is the element 0xB0.
    const at = bytes.indexOf(Buffer.of(0xb0, 0x82, 0x01, 0x40))
    bytes.writeUInt16BE(0, at + 2)
    const info = await readVideoInfo(
      (from, length) => bytes.subarray(from, from + length),
      bytes.length,
      'WebM',
    )
    expect(info).toMatchObject({ width: null, durationSeconds: expect.any(Number) as number })
    expect(at).toBeGreaterThan(0)
  })

  async function readFile(path: string, format: string): Promise<VideoFile> {
    const read = await readWhatIsThere(path, format)
    if (!read) throw new Error('Nothing of this video can be read.')
    return read
  }

  async function readWhatIsThere(path: string, format: string): Promise<VideoFile | undefined> {
    const handle = openSync(path, 'r')
    try {
      return await readVideo(path, { handle, size: fstatSync(handle).size }, format)
    } finally {
      closeSync(handle)
    }
  }

  function read(name: string, bytes: Buffer, format: string): Promise<VideoFile> {
    const path = join(folder.path, name)
    writeFileSync(path, bytes)
    return readFile(path, format)
  }

  test.each([
    ['mp4', 'MP4'],
    ['mov', 'MOV'],
    ['mkv', 'MKV'],
    ['webm', 'WebM'],
  ] as const)('of the container %s tells its size and how long it lasts', async (container, format) => {
    const bytes = await makeVideo({ container, seconds: 3, width: 640, height: 360 })
    const { video } = await read(`plain.${container}`, bytes, format)
    expect(video).toMatchObject({
      format,
      width: 640,
      height: 360,
      durationSeconds: expect.closeTo(3, 1) as number,
    })
  })

  test('that is rotated tells its size as shown', async () => {
    const bytes = await makeVideo({ container: 'mp4', width: 640, height: 360, rotation: 90 })
    expect((await read('turned.mp4', bytes, 'MP4')).video).toMatchObject({ width: 360, height: 640 })
  })

  test('tells when and where it was taken', async () => {
    const tags = {
      'com.apple.quicktime.creationdate': '2019-07-01T12:34:56+0200',
      'com.apple.quicktime.location.ISO6709': '+48.2081+016.3713+170.000/',
    }
    const { video } = await read('iphone.mov', await makeVideo({ container: 'mov', tags }), 'MOV')
    expect(video).toMatchObject({
      localTime: '2019-07-01T12:34:56+0200',
      location: '+48.2081+016.3713+170.000/',
      place: { city: 'Vienna', countryCode: 'AT' },
    })
    // Made a moment ago.
    expect(Math.abs(Date.now() - video.createdAt!)).toBeLessThan(60_000)
  })

  test('in an AVI file tells its size and how long it lasts', async () => {
    const { video } = await read('old.avi', makeAvi(250, 25, 720, 576), 'AVI')
    expect(video).toMatchObject({ durationSeconds: 10, width: 720, height: 576 })
  })

  test('that is damaged is read as far as it goes', async () => {
    const whole = await makeVideo({ container: 'mp4' })
    const random = new Random('damaged videos')
    const damaged = Array.from({ length: 200 }, () => {
      const bytes = Buffer.from(
        whole.subarray(0, random.chance(0.3) ? random.int(0, whole.length) : undefined),
      )
      for (let n = random.int(0, 20); n > 0 && bytes.length > 0; n--)
        bytes[random.int(0, bytes.length - 1)] = random.int(0, 255)
      return bytes
    })
    for (const bytes of [Buffer.alloc(0), ...damaged]) {
      const info = await readVideoInfo((at, length) => bytes.subarray(at, at + length), bytes.length, 'MP4')
      expect(info.format).toBe('MP4')
      for (const value of [info.durationSeconds, info.width, info.height])
        expect(value === null || (Number.isFinite(value) && value > 0)).toBe(true)
    }
  })

  test('without a header and a frame is none', async () => {
    const path = join(folder.path, 'cut.mp4')
    writeFileSync(path, (await makeVideo({ container: 'mp4' })).subarray(0, 40))
    expect(await readWhatIsThere(path, 'MP4')).toBeUndefined()
  })

  test('of which no frame can be seen is shown by a drawn picture in its shape', async () => {
    const bytes = await makeVideo({ container: 'mp4', width: 1080, height: 1920 })
    const { video, poster } = await read('rubbish.mp4', bytes, 'MP4')
    expect(video.standIn).toBe(hasFfmpeg ? 'undecodable' : 'no-ffmpeg')
    const { width, height } = await sharp(poster).metadata()
    expect(width / height).toBeCloseTo(1080 / 1920, 2)
  })

  test('has an identity by its size and parts of it', () => {
    const identityOf = (bytes: Buffer<ArrayBuffer>): string =>
      videoIdentity((at, length) => bytes.subarray(at, at + length), bytes.length).toString('hex')
    const bytes = Buffer.alloc(20 * 2 ** 20)
    const seen = new Set([identityOf(bytes), identityOf(bytes.subarray(1))])
    for (const at of [0, 3 * 2 ** 20, bytes.length - 1]) {
      bytes[at] = 1
      seen.add(identityOf(bytes))
    }
    expect(seen.size).toBe(5)
    expect(seen).toContain(identityOf(Buffer.from(bytes)))
  })

  test.skipIf(!hasFfmpeg)('is shown by one of its frames, where ffmpeg is installed', async () => {
    const path = join(folder.path, '-red: [1].mp4')
    filmColour(`file:${path}`, 'red')
    const { video, poster } = await readFile(path, 'MP4')
    expect(video).toMatchObject({ standIn: undefined, width: 320, height: 180 })
    const { data } = await sharp(poster).resize(1, 1).raw().toBuffer({ resolveWithObject: true })
    expect(data[0]).toBeGreaterThan(200)
    expect(data[1]).toBeLessThan(40)
  })
})
