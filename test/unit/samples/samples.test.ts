import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import exif from 'exif-reader'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { drawSample, sampleKinds, writeSamples } from '../../../samples/samples.ts'

const SMALL = 64

describe('drawSample', () => {
  test('draws the same bytes for the same request', async () => {
    for (const kind of sampleKinds) {
      const [first, again] = await Promise.all([
        drawSample({ kind, seed: 7, longEdge: 96 }),
        drawSample({ kind, seed: 7, longEdge: 96 }),
      ])
      expect(again, kind).toEqual(first)
    }
  })

  test('never draws the same picture twice', async () => {
    const pictures = new Set<string>()
    for (const kind of sampleKinds)
      for (let seed = 0; seed < 6; seed++) {
        const { data } = await drawSample({ kind, seed, longEdge: SMALL })
        pictures.add((await sharp(data).raw().toBuffer()).toString('base64'))
      }
    expect(pictures.size).toBe(sampleKinds.length * 6)
  })

  test.each([16, 100, 333])('draws every kind with a longer edge of %i pixels', async longEdge => {
    for (const kind of sampleKinds) {
      const sample = await drawSample({ kind, seed: 'size', longEdge })
      const { width, height, format } = await sharp(sample.data).metadata()
      expect({ width, height }, kind).toEqual({ width: sample.width, height: sample.height })
      expect(Math.max(width, height)).toBe(longEdge)
      expect(format).toBe({ jpg: 'jpeg', png: 'png', webp: 'webp' }[sample.extension])
    }
  })

  test('shows the same picture at another size', async () => {
    for (const kind of sampleKinds) {
      const [small, large] = await Promise.all(
        [120, 480].map(longEdge => drawSample({ kind, seed: 3, longEdge })),
      )
      expect(large!.takenAt).toBe(small!.takenAt)
      const [a, b] = await Promise.all(
        [small!, large!].map(({ data }) => sharp(data).resize(16, 16, { fit: 'fill' }).raw().toBuffer()),
      )
      const difference = a!.reduce((sum, value, i) => sum + Math.abs(value - b![i]!), 0) / a!.length
      expect(difference, kind).toBeLessThan(9)
    }
  })

  test('uses all aspect ratios and formats, mostly JPEG', async () => {
    const formats = { jpg: 0, png: 0, webp: 0 }
    const aspects = new Set<string>()
    for (let seed = 0; seed < 100; seed++) {
      const { extension, width, height } = await drawSample({ kind: 'dunes', seed, longEdge: 48 })
      formats[extension]++
      aspects.add(`${width}×${height}`)
    }
    expect([...aspects].sort()).toEqual(['32×48', '48×27', '48×32', '48×36', '48×48'])
    expect(formats.jpg).toBeGreaterThan(80)
    expect(formats.png * formats.webp).toBeGreaterThan(0)
  })

  test('says in its EXIF when and with what it was taken, whatever the format', async () => {
    const seen = new Set<string>()
    for (let seed = 0; seen.size < 3 && seed < 300; seed++) {
      const { data, extension, takenAt } = await drawSample({ kind: 'candles', seed, longEdge: 32 })
      if (seen.has(extension)) continue
      seen.add(extension)
      const { Image, Photo } = exif((await sharp(data).metadata()).exif!)
      expect(Photo?.DateTimeOriginal?.getTime(), extension).toBe(takenAt)
      expect([Image?.Make, Image?.Model]).toEqual(['Kindred', 'Samples'])
      const year = new Date(takenAt).getUTCFullYear()
      expect(year >= 2019 && year <= 2026).toBe(true)
    }
    expect(seen.size).toBe(3)
  })

  test('refuses what it cannot draw', async () => {
    await expect(drawSample({ kind: 'cats', seed: 1 })).rejects.toThrow('cats')
    await expect(drawSample({ kind: 'dunes', seed: 1, longEdge: 0 })).rejects.toThrow(RangeError)
    await expect(drawSample({ kind: 'dunes', seed: 1, longEdge: 99.5 })).rejects.toThrow(RangeError)
  })
})

describe('writeSamples', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kindred-samples-'))
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  const request = { perKind: 3, seed: 1, kinds: ['coffee', 'auroras'], longEdge: SMALL }
  const list = async (): Promise<string[]> =>
    (await readdir(folder, { recursive: true })).filter(name => name.includes('.')).sort()

  test('writes numbered files, one folder per kind', async () => {
    const progress: number[] = []
    const result = await writeSamples(folder, { ...request, onProgress: ({ done }) => progress.push(done) })
    expect(result).toEqual({ files: 6 })
    const names = (await list()).map(name => name.replace(/\.\w+$/, ''))
    expect(names).toEqual(
      ['auroras', 'coffee'].flatMap(kind => [1, 2, 3].map(i => join(kind, `${kind}-00${i}`))),
    )
    expect(progress).toEqual([0, 1, 2, 3, 4, 5, 6])
  })

  test('keeps what is there and adds the rest', async () => {
    await writeSamples(folder, { ...request, perKind: 2 })
    const [kept] = await list()
    await writeFile(join(folder, kept!), 'mine')
    const progress: number[] = []
    const result = await writeSamples(folder, { ...request, onProgress: ({ done }) => progress.push(done) })
    expect(result).toEqual({ files: 6 })
    expect(progress).toEqual([4, 5, 6])
    expect(await readFile(join(folder, kept!), 'utf8')).toBe('mine')
    expect(await list()).toHaveLength(6)
  })

  test('stops when told to, leaves whole files only, and goes on later', async () => {
    const stop = new AbortController()
    const run = writeSamples(folder, {
      ...request,
      perKind: 20,
      signal: stop.signal,
      onProgress: ({ done }) => {
        if (done === 4) stop.abort(new Error('enough'))
      },
    })
    await expect(run).rejects.toThrow('enough')
    const written = await list()
    expect(written.length).toBeGreaterThanOrEqual(4)
    expect(written.length).toBeLessThan(40)
    expect(written.some(name => name.includes('.part'))).toBe(false)
    for (const name of written) await sharp(join(folder, name)).stats()
    expect(await writeSamples(folder, { ...request, perKind: 20 })).toEqual({ files: 40 })
    expect(await list()).toHaveLength(40)
  })

  test('writes nothing when it is stopped before the start', async () => {
    await expect(writeSamples(folder, { ...request, signal: AbortSignal.abort() })).rejects.toThrow()
    expect(await list()).toEqual([])
  })

  test('refuses an unknown kind before it writes', async () => {
    await expect(writeSamples(folder, { ...request, kinds: ['coffee', 'cats'] })).rejects.toThrow('cats')
    expect(await list()).toEqual([])
  })

  test('passes on that a folder cannot be written', async () => {
    await writeFile(join(folder, 'coffee'), '')
    await expect(writeSamples(folder, request)).rejects.toMatchObject({ code: 'EEXIST' })
  })
})
