import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openEngine, type Engine } from '../../electron/engine/engine.ts'
import { resourcesDir } from '../../electron/hosts/default-folders.ts'
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
})
