import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openEngine, type Engine } from '../../../electron/engine/engine.ts'
import type { DoctorResult } from '../../../electron/shared/results.ts'
import { writePicture } from '../../support/small-photos.ts'

const resourcesDir = fileURLToPath(new URL('../../../resources', import.meta.url))

/** Writes photos into three folders; each is larger than its thumbnail. */
export async function writePhotos(folder: string, count: number): Promise<string> {
  const photos = join(folder, 'photos')
  for (let i = 0; i < count; i++)
    await writePicture(join(photos, `folder ${i % 3}`, `${i}.jpg`), i, 'jpg', { width: 640, height: 480 })
  return photos
}

/** Opens a library in this process, and closes it after the work. */
export async function withLibrary<T>(
  libraryDir: string,
  work: (engine: Engine) => T | Promise<T>,
  rescue = false,
): Promise<T> {
  const engine = await openEngine({ libraryDir, resourcesDir, rescue })
  try {
    return await work(engine)
  } finally {
    await engine.close()
  }
}

export interface SmallLibrary {
  readonly library: string
  readonly photos: string
}

/** A library of photos without albums. */
export async function importPhotos(folder: string, count: number): Promise<SmallLibrary> {
  const photos = await writePhotos(folder, count)
  const library = join(folder, 'library')
  await withLibrary(library, engine => engine.library.import([photos]))
  return { library, photos }
}

/** A library of photos in three albums, one photo said to be unlike another. */
export async function makeSmallLibrary(folder: string, count: number): Promise<SmallLibrary> {
  const made = await importPhotos(folder, count)
  await withLibrary(made.library, ({ albums, catalog }) => {
    const ids = catalog.photos.all().map(({ id }) => id)
    for (const [n, name] of ['One', 'Two', 'Three'].entries())
      albums.commands.create(
        name,
        ids.filter((_, i) => i % 3 === n),
      )
    albums.commands.notLike([ids[0]!], ids[1]!)
  })
  return made
}

/** What the doctor finds wrong with a library: nothing, where it is whole. */
export const problemsOf = (libraryDir: string): Promise<DoctorResult['problems']> =>
  withLibrary(libraryDir, async ({ diagnostics }) => (await diagnostics.doctor()).problems)
