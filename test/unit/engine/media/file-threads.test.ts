import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { FileThreads } from '../../../../electron/engine/media/file-threads.ts'
import { driveOf } from '../../../../electron/engine/media/drive.ts'
import { mountStalledDrive, noStalledDrive } from '../../../support/stalled-drive.ts'
import { writePicture } from '../../../support/small-photos.ts'
import { codeOf, Scratch } from '../scratch.ts'

const scratch = new Scratch()
let folder: string
let threads: FileThreads
beforeEach(() => {
  folder = scratch.folder()
  threads = new FileThreads(2, 300)
})
afterEach(() => threads.close())

describe.skipIf(process.platform === 'win32')('files of the user', () => {
  test('are refused when they are no files, at once', async () => {
    const at = (name: string): string => join(folder, name)
    spawnSync('mkfifo', [at('pipe.jpg')])
    mkdirSync(at('folder.jpg'))
    symlinkSync('/dev/zero', at('zero.jpg'))
    symlinkSync(at('pipe.jpg'), at('link.jpg'))
    const server = createServer().listen(at('socket.jpg'))
    await new Promise(resolve => server.once('listening', resolve))
    for (const name of ['pipe.jpg', 'folder.jpg', 'zero.jpg', 'link.jpg', 'socket.jpg']) {
      expect(await codeOf(() => threads.image(at(name)))).toBe('not-a-file')
      expect(await codeOf(() => threads.whole(at(name), 9))).toBe('not-a-file')
    }
    server.close()
  })

  test('are read whole, in parts, and not beyond what they may have', async () => {
    const file = join(folder, 'large.bin')
    const bytes = Buffer.alloc(9 * 2 ** 20, 'not all the same')
    writeFileSync(file, bytes)
    expect((await threads.whole(file, bytes.length)).equals(bytes)).toBe(true)
    expect(await codeOf(() => threads.whole(file, bytes.length - 1))).toBe('file-too-large')
    for await (const part of threads.parts(file, bytes.length)) {
      expect(part.length).toBeLessThan(bytes.length)
      break
    }
    truncateSync(file, 0)
    expect(await threads.whole(file, 0)).toHaveLength(0)
    expect(await threads.stamp(file)).toMatchObject({ size: 0 })
    expect(await threads.stamp(join(folder, 'nowhere'))).toBeUndefined()
    expect([await threads.isGone(file), await threads.isGone(join(folder, 'nowhere'))]).toEqual([false, true])
  })
})

describe('drives', () => {
  test('are told apart by where they are mounted', () => {
    const mounts = ['/', '/mnt/nas', '/mnt/nas/inner', '/proc']
    expect(driveOf('/mnt/nas/inner/a.jpg', mounts)).toBe('/mnt/nas/inner')
    expect(driveOf('/mnt/nasty/a.jpg', mounts)).toBe('/')
    expect(driveOf('/mnt/nas', mounts)).toBe('/mnt/nas')
    expect(driveOf('/Volumes/Photos/a/b.jpg', [])).toBe('/Volumes/Photos')
  })

  describe.skipIf(noStalledDrive() !== undefined)('that do not respond', () => {
    test('keep nothing else waiting, and are asked again when they are back', async () => {
      const drive = await mountStalledDrive(join(folder, 'drive'), ['a.jpg', 'b.jpg', 'c.jpg'])
      const good = join(folder, 'good.jpg')
      await writePicture(good, 1)
      try {
        const stalled = ['a.jpg', 'b.jpg', 'c.jpg'].map(name =>
          codeOf(() => threads.image(join(drive.folder, name))),
        )
        const read = await threads.image(good)
        expect(Buffer.from(read!.bytes).equals(readFileSync(good))).toBe(true)
        expect(await Promise.all(stalled)).toEqual(['drive-stalled', 'drive-stalled', 'drive-stalled'])
        // The third was not even asked for: its drive hangs.
        const started = performance.now()
        expect(await codeOf(() => threads.image(join(drive.folder, 'a.jpg')))).toBe('drive-stalled')
        expect(performance.now() - started).toBeLessThan(250)
        drive.recover()
        await expect
          .poll(() => codeOf(() => threads.whole(join(drive.folder, 'a.jpg'), 2 ** 20)))
          .toBe('no error')
      } finally {
        await drive.remove()
      }
    })
  })
})
