import { appendFile, mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openEngine } from '../../electron/engine/engine.ts'
import { resourcesDir } from '../../electron/hosts/default-folders.ts'
import type { PhotoDetails } from '../../electron/shared/contract.ts'
import { Cli, temporaryFolder } from '../support/cli.ts'
import { writePicture } from '../support/small-photos.ts'
import { filmColour, hasFfmpeg, makeVideo } from '../support/videos.ts'

const nowhere = { env: { PATH: '/nonexistent' } }

describe('videos in a folder of photos', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  let photos: string
  let cli: Cli
  beforeAll(async () => {
    folder = await temporaryFolder('videos')
    photos = join(folder.path, 'photos')
    cli = new Cli(join(folder.path, 'library'))
    await mkdir(photos)
    for (const name of ['red', 'green', 'blue']) await writePicture(join(photos, `${name}.jpg`), name)
    await writeFile(
      join(photos, 'VID_20190701_123456.mp4'),
      await makeVideo({ container: 'mp4', seconds: 83 }),
    )
    if (hasFfmpeg) filmColour(join(photos, 'red film.mov'), 'red')
  })
  afterAll(() => folder.remove())

  async function details(name: string): Promise<PhotoDetails> {
    const engine = await openEngine({ libraryDir: cli.library, resourcesDir: resourcesDir(process.env) })
    try {
      const { id } = engine.overview.photos().find(({ path }) => basename(path) === name)!
      return engine.overview.photo(id).details as PhotoDetails
    } finally {
      await engine.close()
    }
  }

  test('are listed with duration and date, also where no frame of them can be seen', async () => {
    const { status, result } = await cli.index(photos, nowhere)
    expect({ status, failed: result.failed }).toEqual({ status: 0, failed: [] })
    expect(result.added).toBe(hasFfmpeg ? 5 : 4)
    expect(await details('VID_20190701_123456.mp4')).toMatchObject({
      format: 'MP4',
      width: 320,
      height: 240,
      video: { durationSeconds: expect.closeTo(83, 1) as number, hasFrame: false },
      takenAt: Date.UTC(2019, 6, 1, 12, 34, 56),
      takenFrom: 'file name',
    })
    expect(await cli.doctor([], nowhere)).toMatchObject({ ok: true, problems: [] })
  })

  test('of which no frame can be seen are not compared with photos', async () => {
    const { results } = await cli.similar([join(photos, 'red.jpg')], nowhere)
    expect(results.map(({ path }) => basename(path)).sort()).toEqual(['blue.jpg', 'green.jpg'])
    const run = await cli.run(['similar', join(photos, 'VID_20190701_123456.mp4')], nowhere)
    expect(run.status).toBe(1)
    expect(run.stderr).toContain('No frame of this video can be seen')
    expect(run.stderr).toContain('ffmpeg')
  })

  test.skipIf(!hasFfmpeg)('are seen and found by likeness once ffmpeg is there', async () => {
    const { result } = await cli.index(photos)
    expect(result).toMatchObject({ photos: 5, added: 0, failed: [] })
    expect((await details('red film.mov')).video).toEqual({
      durationSeconds: expect.closeTo(2, 1) as number,
      hasFrame: true,
    })
    const { results } = await cli.similar([join(photos, 'red.jpg')])
    expect(results.map(({ path }) => basename(path))).toContain('red film.mov')
    // A video is a query, too.
    const similar = await cli.similar([join(photos, 'red film.mov')])
    expect(similar.results).toHaveLength(3)
    expect(await cli.doctor()).toMatchObject({ ok: true, problems: [] })
  })

  test.skipIf(!hasFfmpeg)('are not decoded again when a drive comes back with other times', async () => {
    const log = join(folder.path, 'frames.txt')
    const programs = join(folder.path, 'programs')
    await mkdir(programs)
    const shim = `#!/bin/sh\necho "$@" >> "${log}"\nPATH=\${PATH#*:} exec ffmpeg "$@"\n`
    await writeFile(join(programs, 'ffmpeg'), shim, { mode: 0o755 })
    const env = { PATH: `${programs}:${process.env.PATH}` }
    await cli.index(photos, { env })
    await appendFile(log, '')
    const before = (await readFile(log, 'utf8')).length
    // By a time zone, as on FAT; some by its two seconds, too.
    for (const [n, name] of (await readdir(photos)).entries()) {
      const { mtimeMs } = await stat(join(photos, name))
      const time = (mtimeMs + 3_600_000 + (n % 2) * 2000) / 1000
      await utimes(join(photos, name), time, time)
    }
    const { result } = await cli.index(photos, { env })
    expect(result).toMatchObject({ added: 0, updated: 0, moved: 0, removed: 0, failed: [] })
    expect((await readFile(log, 'utf8')).slice(before)).not.toContain('image2pipe')
    // A new one is.
    filmColour(join(photos, 'new.mov'), 'yellow')
    await cli.index(photos, { env })
    expect((await readFile(log, 'utf8')).slice(before)).toContain('image2pipe')
  })

  test('keep what they say of time and place when it is read again', async () => {
    const film = join(photos, 'film.mov')
    const tags = { 'com.apple.quicktime.creationdate': '2019-07-01T12:34:56+0200' }
    await writeFile(film, await makeVideo({ container: 'mov', tags }))
    const engine = await openEngine({ libraryDir: cli.library, resourcesDir: resourcesDir(process.env) })
    try {
      await engine.library.import([photos])
      engine.catalog.db.exec('UPDATE metadata SET embedded_version = 0')
      await engine.metadata.start()!.done
    } finally {
      await engine.close()
    }
    expect(await details('film.mov')).toMatchObject({
      takenFrom: 'QuickTime CreationDate',
      takenOffset: '+02:00',
    })
  })
})
