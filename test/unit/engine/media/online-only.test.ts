import { mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { isOnlineOnly } from '../../../../electron/engine/media/online-only.ts'
import { readImage } from '../../../../electron/engine/media/read-image.ts'
import { KindredError } from '../../../../electron/shared/errors.ts'

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'kindred-online-'))))
afterEach(() => rmSync(folder, { recursive: true }))

/** A file of one hole, as of a cloud drive. */
function hole(name: string, size: number): string {
  const path = join(folder, name)
  writeFileSync(path, '')
  truncateSync(path, size)
  return path
}

const reading = async (path: string): Promise<string> => {
  try {
    return (await readImage(path)) ? 'read' : 'ignored'
  } catch (error) {
    return error instanceof KindredError ? error.code : String(error)
  }
}

describe.skipIf(process.platform !== 'linux')('a file without contents on this disk', () => {
  test('is not opened: listed where its name is that of a photo or a video, and ignored elsewhere', async () => {
    expect(await reading(hole('a.jpg', 50_000))).toBe('online-only')
    expect(await reading(hole('a.CR2', 50_000))).toBe('online-only')
    expect(await reading(hole('a.mp4', 50_000))).toBe('online-only')
    expect(await reading(hole('letter.pdf', 50_000))).toBe('ignored')
  })

  test('may be so small that it lies beside its name', async () => {
    expect(await reading(hole('small.jpg', 4096))).not.toBe('online-only')
  })

  test('is an ordinary file once something of it is there', () => {
    const path = join(folder, 'b.jpg')
    writeFileSync(path, Buffer.alloc(50_000, 1))
    expect(isOnlineOnly(path, statSync(path))).toBe(false)
    expect(isOnlineOnly(path, { size: 50_000, blocks: 0 })).toBe(true)
  })
})
