import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openEngine, type Engine } from '../../electron/engine/engine.ts'
import { resourcesDir } from '../../electron/hosts/default-folders.ts'
import { KindredError } from '../../electron/shared/errors.ts'
import type { PhotoId } from '../../electron/shared/ids.ts'
import type { ShowResult } from '../../electron/shared/results.ts'
import { Cli, parseOnly, temporaryFolder } from '../support/cli.ts'
import { heicWithFilm, jpegBefore, microVideoPacket, samsungTrailer } from '../support/motion-photos.ts'
import { makeVideo } from '../support/videos.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let photos: string
let film: Buffer
let engine: Engine
const at = (name: string): string => join(photos, name)
const open = (): Promise<Engine> =>
  openEngine({ libraryDir: join(folder.path, 'library'), resourcesDir: resourcesDir(process.env) })
const photoAt = (name: string): PhotoId => engine.catalog.files.byPath(at(name))!.photoId!
async function marksOf(...names: readonly string[]): Promise<number[]> {
  const { ids, parts } = await engine.overview.grid()
  return names.map(name => parts[ids.indexOf(photoAt(name))]!)
}

const names = ['pixel.jpg', 'galaxy.jpg', 'galaxy.heic', 'plain.jpg'] as const

beforeEach(async () => {
  folder = await temporaryFolder('motion')
  photos = join(folder.path, 'photos')
  await mkdir(photos)
  film = await makeVideo({ container: 'mp4', seconds: 1 })
  const files = {
    'pixel.jpg': await jpegBefore(microVideoPacket(film.length), film),
    'galaxy.jpg': await jpegBefore(undefined, samsungTrailer(['MotionPhoto_Data', film])),
    'galaxy.heic': heicWithFilm(film),
    'plain.jpg': await jpegBefore(undefined),
  }
  for (const name of names) await writeFile(at(name), files[name])
  engine = await open()
  await engine.library.import([photos])
})
afterEach(async () => {
  await engine.close()
  await folder.remove()
})

describe('photos that carry their film', () => {
  test('are one photo each, and say so wherever parts are listed', async () => {
    expect(engine.overview.status().photos).toBe(4)
    expect(await marksOf(...names)).toEqual([8, 8, 8, 0])
    await engine.close()
    const cli = new Cli(join(folder.path, 'library'))
    const show = parseOnly(await cli.run(['show', at('galaxy.heic'), at('plain.jpg')])) as ShowResult
    expect(show.photos.map(({ parts }) => parts)).toEqual([[{ role: 'motion', path: at('galaxy.heic') }], []])
  })

  test('of a library of an earlier version are found when their files are read again', async () => {
    engine.catalog.db.exec(`
      UPDATE metadata SET embedded = '{}', embedded_version = 1, thorough_version = 1;
      UPDATE photo SET has_film = 0`)
    engine.catalog.settings.bumpGeneration()
    expect(await marksOf(...names)).toEqual([0, 0, 0, 0])
    const read = await engine.metadata.start()!.done
    // What exiftool adds has not changed.
    expect(read).toMatchObject({ reread: 4, thorough: 0 })
    expect(await marksOf(...names)).toEqual([8, 8, 8, 0])
  })

  test('give it to players as a private file, for as long as the library is open', async () => {
    const file = await engine.films.file(photoAt('galaxy.heic'))
    expect(await readFile(file)).toEqual(film)
    if (process.platform !== 'win32') expect((await stat(file)).mode & 0o077).toBe(0)
    expect(await engine.films.file(photoAt('galaxy.heic'))).toBe(file)
    const code = (name: string): Promise<unknown> =>
      engine.films.file(photoAt(name)).then(
        () => 'no error',
        (error: unknown) => error instanceof KindredError && error.code,
      )
    expect(await code('plain.jpg')).toBe('photo-not-found')
    await writeFile(at('pixel.jpg'), await jpegBefore(undefined, Buffer.alloc(5000)))
    expect(await code('pixel.jpg')).toBe('file-vanished')
    await rm(at('galaxy.jpg'))
    expect(await code('galaxy.jpg')).toBe('file-vanished')
    expect(await readdir(engine.layout.films)).toHaveLength(1)
    await engine.close()
    expect(existsSync(file)).toBe(false)

    // After a crash, too.
    await mkdir(engine.layout.films)
    await writeFile(file, film)
    await writeFile(join(engine.layout.films, 'a film of the person.mp4'), film)
    engine = await open()
    expect(await readdir(engine.layout.films)).toEqual(['a film of the person.mp4'])
  })

  test('keep the films that were asked for last, and no more of them', async () => {
    const numbers = [1, 2, 3, 4, 5, 6, 7]
    for (const n of numbers)
      await writeFile(at(`${n}.jpg`), await jpegBefore(microVideoPacket(film.length), Buffer.alloc(n), film))
    await engine.library.import([photos])
    const files: string[] = []
    for (const n of numbers) files.push(await engine.films.file(photoAt(`${n}.jpg`)))
    expect(files.map(file => existsSync(file))).toEqual([false, false, true, true, true, true, true])
  })
})
