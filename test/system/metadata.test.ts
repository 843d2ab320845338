import { spawnSync } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openEngine, type Engine } from '../../electron/engine/engine.ts'
import { Exiftool } from '../../electron/engine/media/metadata/exiftool.ts'
import { resourcesDir } from '../../electron/hosts/default-folders.ts'
import type { PhotoDetails } from '../../electron/shared/contract.ts'
import { temporaryFolder } from '../support/cli.ts'
import { ascii, exifSegment, jpegWith, short } from '../support/metadata-blocks.ts'

const hasPerl = spawnSync('perl', ['-v']).status === 0

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let photos: string
let engine: Engine

beforeAll(async () => {
  folder = await temporaryFolder('metadata')
  photos = join(folder.path, 'photos')
  await mkdir(photos)
  engine = await openEngine({
    libraryDir: join(folder.path, 'library'),
    resourcesDir: resourcesDir(process.env),
  })
  const canon = { image: [ascii(0x010f, 'Canon'), ascii(0x0110, 'Canon EOS 400D')] }
  await writeFile(join(photos, 'IMG_20190701_123456.jpg'), await jpegWith(exifSegment(canon)))
  await engine.library.import([photos])
})
afterAll(async () => {
  await engine.close()
  await folder.remove()
})

const details = (): Omit<PhotoDetails, 'thumbnailUrl' | 'imageUrl'> =>
  engine.overview.photo(engine.overview.photosAt(photos)[0]!).details

describe('metadata that are read in the background', () => {
  test('are those of photos that an earlier version has imported', async () => {
    const { db } = engine.catalog
    db.exec(`UPDATE metadata SET embedded = '{}', embedded_version = 0; UPDATE file SET dated_ms = NULL, dated_from = NULL, dated_precision = NULL;
             UPDATE photo SET taken_at = 1, camera = NULL`)
    expect(details()).toMatchObject({ camera: null, takenFrom: 'file time' })
    const result = await engine.metadata.start()!.done
    expect(result.reread).toBe(1)
    expect(details()).toMatchObject({
      camera: 'Canon EOS 400D',
      takenAt: Date.UTC(2019, 6, 1, 12, 34, 56),
      takenFrom: 'file name',
    })
    expect(db.prepare('SELECT taken_at FROM photo').pluck().get()).toBeNull()
  })

  test.skipIf(!hasPerl)('are read once by exiftool, and nothing is left to do then', async () => {
    expect(engine.metadata.start()).toBeUndefined()
    const thorough = engine.catalog.db.prepare('SELECT thorough FROM metadata').pluck().get() as string
    expect(JSON.parse(thorough)).toMatchObject({ camera: 'Canon EOS 400D' })
  })

  test('are read by one job after each import', async () => {
    const { db } = engine.catalog
    const jobs = (): number =>
      db.prepare(`SELECT count(*) FROM job WHERE kind = 'metadata'`).pluck().get() as number
    engine.metadata.watch()
    await engine.metadata.start()?.done
    const before = jobs()
    db.exec('UPDATE metadata SET embedded_version = 0')
    await engine.library.import([photos])
    await engine.metadata.start()?.done
    engine.metadata.stop()
    expect(jobs()).toBe(before + 1)
  })

  test('lose nothing where a file cannot be read', async () => {
    engine.catalog.db.exec('UPDATE metadata SET embedded_version = 0')
    const file = join(photos, 'IMG_20190701_123456.jpg')
    const whole = await readFile(file)
    await writeFile(file, 'something else')
    await engine.metadata.start()!.done
    expect(details().camera).toBe('Canon EOS 400D')
    await writeFile(file, whole)
    await engine.metadata.start()!.done
    expect(engine.metadata.start()).toBeUndefined()
  })
})

describe('metadata without Perl', () => {
  test('are looked for once, and both doctor and window say so', async () => {
    const path = process.env.PATH
    process.env.PATH = '/nonexistent'
    try {
      const { db } = engine.catalog
      db.exec('UPDATE metadata SET thorough_version = NULL')
      expect(await engine.metadata.start()!.done).toMatchObject({ thorough: 0, hasExiftool: false })
      expect(engine.metadata.start()).toBeUndefined()
      const { ok, notes } = await engine.diagnostics.doctor()
      expect(ok).toBe(true)
      expect(notes.filter(note => note.includes('Install Perl'))).toHaveLength(1)
      expect(await engine.diagnostics.about()).toMatchObject({ hasExiftool: false })
    } finally {
      process.env.PATH = path
    }
    if (!hasPerl) return
    expect((await engine.diagnostics.doctor()).notes.filter(note => note.includes('Perl'))).toEqual([])
    expect(await engine.diagnostics.about()).toMatchObject({ hasExiftool: true })
  })
})

describe.skipIf(!hasPerl)('exiftool', () => {
  test('reads one file after the other, and says nothing of what it cannot read', async () => {
    const exiftool = new Exiftool()
    const file = join(folder.path, 'näme with space.jpg')
    await writeFile(file, await jpegWith(exifSegment({ photo: [short(0xa405, 50), ascii(0xa434, 'Lens')] })))
    try {
      expect(await exiftool.read(file)).toMatchObject({ FocalLengthIn35mmFormat: 50, LensModel: 'Lens' })
      expect(await exiftool.read(join(folder.path, 'none.jpg'))).toBeUndefined()
      expect(await exiftool.read(`${file}\n-ver`)).toBeUndefined()
      expect(await exiftool.read(file)).toMatchObject({ LensModel: 'Lens' })
      const warnings: string[] = []
      const listen = ({ name }: Error): void => void warnings.push(name)
      process.on('warning', listen)
      for (let n = 0; n < 12; n++) await exiftool.read(file)
      process.off('warning', listen)
      expect(warnings).toEqual([])
    } finally {
      exiftool.close()
    }
  })

  test('ends with the process that started it, also when that is killed', async () => {
    const script = `
      import { Exiftool } from ${JSON.stringify(join(process.cwd(), 'electron/engine/media/metadata/exiftool.ts'))}
      const exiftool = new Exiftool()
      await exiftool.read('/nothing')
      process.stdout.write(String(exiftool.pid))
      process.kill(process.pid, 'SIGKILL')`
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
    })
    const pid = Number(stdout)
    expect(pid).toBeGreaterThan(0)
    await expect.poll(() => isRunning(pid)).toBe(false)
  })
})

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
