import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { kindred, temporaryFolder } from '../support/cli.ts'
import { mountStalledDrive, noStalledDrive, type StalledDrive } from '../support/stalled-drive.ts'
import { writePicture } from '../support/small-photos.ts'

/** Milliseconds in which a program ends that was asked to, on a busy machine. */
const SECONDS = 8000

describe.skipIf(noStalledDrive() !== undefined)('a drive that does not respond', () => {
  let folder: { path: string; remove: () => Promise<void> }
  let drive: StalledDrive
  beforeAll(async () => {
    folder = await temporaryFolder('stalled')
    const names = Array.from({ length: 12 }, (_, n) => `${n}.jpg`)
    drive = await mountStalledDrive(join(folder.path, 'drive'), names)
    await writePicture(join(folder.path, 'good', 'a.jpg'), 1)
  })
  afterAll(async () => {
    await drive.remove()
    await folder.remove()
  })

  test('does not keep an import from being stopped, nor other folders from being imported', async () => {
    const library = join(folder.path, 'library')
    let stopped = 0
    const run = await kindred(['index', '--library', library, drive.folder], {
      onStart: child => {
        // Time to start, and to ask for the first bytes.
        void wait(4000).then(() => {
          stopped = performance.now()
          child.kill('SIGINT')
        })
      },
    })
    expect(performance.now() - stopped).toBeLessThan(SECONDS)
    expect(run.stderr).toContain('Stopped.')
    const good = await kindred(['index', '--library', library, '--json', join(folder.path, 'good')])
    expect(JSON.parse(good.stdout)).toMatchObject({ photos: 1, failed: [] })
  })
})
