import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { importAlbums } from '../../electron/engine/import/album-folders.ts'
import { openEngine, type Engine } from '../../electron/engine/engine.ts'
import { writeSamples } from '../../samples/samples.ts'

export interface MadeLibrary {
  readonly folder: string
  readonly photos: string
  readonly libraryDir: string
  remove(): Promise<void>
}

export const resourcesDir = fileURLToPath(new URL('../../resources', import.meta.url))

/** A scratch folder with drawn pictures and, by default, a library of them. */
export async function makeLibrary(perKind: number, imported = true, longEdge = 320): Promise<MadeLibrary> {
  const folder = await mkdtemp(join(tmpdir(), 'kindred-test-'))
  const photos = join(folder, 'photos')
  const libraryDir = join(folder, 'library')
  await writeSamples(photos, { perKind, seed: 11, longEdge })
  if (imported) {
    const engine = await openEngine({ libraryDir, resourcesDir })
    await engine.library.import([photos])
    await engine.close()
  }
  return { folder, photos, libraryDir, remove: () => rm(folder, { recursive: true, force: true }) }
}

/** Makes an album of each kind of picture, then lets the caller change the library before it is closed. */
export async function addAlbums(
  { libraryDir, photos }: Pick<MadeLibrary, 'libraryDir' | 'photos'>,
  further: (engine: Engine) => unknown = () => undefined,
): Promise<void> {
  const engine = await openEngine({ libraryDir, resourcesDir })
  await importAlbums(engine.catalog, photos, () => engine.library.import([photos]))
  await further(engine)
  await engine.close()
}
