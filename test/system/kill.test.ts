import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Random } from '../../electron/shared/random.ts'
import { Cli, temporaryFolder } from '../support/cli.ts'
import { filesBelow, readLibrary, strayFiles, type LibraryContents } from '../support/library-contents.ts'
import { writePicture, type PictureFormat } from '../support/small-photos.ts'

const PHOTOS = 400
const KILLS = 20

describe('killed import', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  let photos: string
  let whole: LibraryContents
  /** How long an undisturbed import takes here. */
  let duration: number
  /** And an import without changes. */
  let start: number

  beforeAll(async () => {
    folder = await temporaryFolder('kill')
    photos = join(folder.path, 'photos')
    for (let i = 0; i < PHOTOS; i++) {
      // Larger than a thumbnail, so that each gets one.
      const format: PictureFormat = i % 10 === 0 ? 'png' : 'jpg'
      await writePicture(join(photos, `folder ${i % 7}`, `${i}.${format}`), i, format, {
        width: 640,
        height: 480,
      })
    }
    await writePicture(join(photos, 'copy.jpg'), 1, 'jpg', { width: 640, height: 480 })
    const cli = new Cli(join(folder.path, 'whole'))
    const run = await cli.index(photos)
    expect(run.result).toMatchObject({ photos: PHOTOS, added: PHOTOS, failed: [] })
    duration = run.millis
    start = (await cli.index(photos)).millis
    whole = readLibrary(cli.library)
  })

  afterAll(() => folder.remove())

  test(`${KILLS} times by SIGKILL resumes each time and ends as without kills`, async () => {
    const random = new Random('kills')
    const cli = new Cli(join(folder.path, 'killed'))
    let killed = 0
    let opened = 0
    for (let i = 0; i < KILLS; i++) {
      // Some are killed at their start, the others a moment after a number of further photos are imported: no run
      // ends by itself, however fast this machine is. Thumbnails are counted, because opening the catalog here would
      // repair what the next run has to repair.
      const made = thumbnailsMade(cli.library)
      const until = Math.min(PHOTOS - 10, made + random.int(1, Math.ceil((PHOTOS - made) / 8)))
      const [early, moment] = [random.between(100, start), random.between(0, 60)]
      const { signal } = await cli.run(['index', photos], {
        onStart: child => {
          void (i % 4 === 0 ? wait(early) : afterThumbnails(cli.library, until, child))
            .then(() => wait(i % 4 === 0 ? 0 : moment))
            .then(() => child.kill('SIGKILL'))
        },
      })
      if (signal === 'SIGKILL') killed++
      if (i % 5 !== 4) continue
      const similar = await cli.run(['similar', '-k', '3', '--', join(photos, 'folder 1', '1.jpg')])
      expect(similar.stderr).not.toMatch(/internal|damaged|unforeseen/i)
      expect(similar.status === 0 || similar.stderr.includes('no photos in this library yet')).toBe(true)
      opened++
    }
    expect(killed).toBeGreaterThanOrEqual(KILLS * 0.75)
    expect(opened).toBe(4)

    const last = await cli.index(photos)
    expect(last.status).toBe(0)
    expect(last.result).toMatchObject({ photos: PHOTOS, failed: [] })
    const { ok, problems } = await cli.doctor()
    expect({ ok, problems }).toEqual({ ok: true, problems: [] })
    expect(readLibrary(cli.library)).toEqual(whole)
    expect(strayFiles(cli.library)).toEqual([])
    // Some thirty processes, one after the other.
  }, 900_000)

  test('once in every phase of a first import, each time from nothing, ends the same', async () => {
    for (const [i, part] of [0.3, 0.55, 0.8, 0.97].entries()) {
      const cli = new Cli(join(folder.path, `killed at ${i}`))
      await cli.run(['index', photos], {
        onStart: child => void killAfter(child, 'SIGKILL', duration * part),
      })
      const { status } = await cli.index(photos)
      expect(status).toBe(0)
      expect(readLibrary(cli.library)).toEqual(whole)
      expect(strayFiles(cli.library)).toEqual([])
    }
  })

  test.each(['SIGINT', 'SIGTERM'] as const)(
    'by %s stops cleanly with status 1, and the next run resumes',
    async signal => {
      const cli = new Cli(join(folder.path, signal))
      const started = performance.now()
      let sentAt = NaN
      const run = await cli.run(['index', photos], {
        onStart: child =>
          void afterThumbnails(cli.library, 40, child).then(() => {
            sentAt = performance.now()
            child.kill(signal)
          }),
      })
      expect(run.signal).toBeNull()
      expect(run.status).toBe(1)
      expect(run.stdout).toBe('')
      expect(started + run.millis - sentAt).toBeLessThan(5000)
      expect(run.stderr).toMatch(/stop/i)
      expect(run.stderr).not.toContain('    at ')
      expect(strayFiles(cli.library)).toEqual([])

      const kept = (await cli.doctor()).photos
      expect(kept).toBeGreaterThanOrEqual(16)
      expect(kept).toBeLessThan(PHOTOS)
      const { status, result } = await cli.index(photos)
      expect(status).toBe(0)
      expect(result).toMatchObject({ photos: PHOTOS, added: PHOTOS - kept, failed: [] })
      expect(readLibrary(cli.library)).toEqual(whole)
    },
  )
})

async function killAfter(child: ChildProcess, signal: NodeJS.Signals, millis: number): Promise<void> {
  await wait(millis)
  child.kill(signal)
}

/** The engine removes unfinished files when it starts: a folder may disappear while it is listed. */
function thumbnailsMade(library: string): number {
  try {
    return filesBelow(join(library, 'thumbnails')).length
  } catch {
    return 0
  }
}

/** Waits until this many photos are imported, or the process has ended. */
async function afterThumbnails(library: string, count: number, child: ChildProcess): Promise<void> {
  while (thumbnailsMade(library) < count && child.exitCode === null) await wait(5)
}
