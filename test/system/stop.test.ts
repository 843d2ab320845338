import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Cli, temporaryFolder } from '../support/cli.ts'
import { filesBelow, readLibrary, strayFiles, type LibraryContents } from '../support/library-contents.ts'
import { writePicture, type PictureFormat } from '../support/small-photos.ts'

const PHOTOS = 120

describe('stopped import', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  let photos: string
  let whole: LibraryContents

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
    whole = readLibrary(cli.library)
  })

  afterAll(() => folder.remove())

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
