import Database from 'better-sqlite3'
import { rmSync } from 'node:fs'
import { expect, onTestFinished, test } from 'vitest'
import { openEngine } from '../../electron/engine/engine.ts'
import { layoutOf } from '../../electron/engine/library/layout.ts'
import { resourcesDir } from '../../electron/hosts/default-folders.ts'
import type { PhotoId } from '../../electron/shared/ids.ts'
import { makeLibrary } from '../support/made-library.ts'

test('a photo that a later version decodes again is searched by its new features', async () => {
  const made = await makeLibrary(1, true, 200)
  onTestFinished(() => made.remove())
  const { catalog, index } = layoutOf(made.libraryDir)
  const db = new Database(catalog)
  // As if an earlier version had seen another picture in it, such as the small one in a RAW file.
  db.exec(`UPDATE photo SET pipeline = 0 WHERE id = 1;
           UPDATE file SET pipeline = 0 WHERE photo_id = 1;
           UPDATE features SET vector = (SELECT vector FROM features WHERE photo_id = 2) WHERE photo_id = 1`)
  db.close()
  rmSync(index)

  const engine = await openEngine({ libraryDir: made.libraryDir, resourcesDir: resourcesDir(process.env) })
  onTestFinished(() => engine.close())
  const likeTheSecond = async (): Promise<number> => {
    const { photos } = await engine.search.nearest({ images: [{ id: 2 as PhotoId }], k: 100 })
    return photos.find(({ id }) => id === 1)!.score
  }
  expect(await likeTheSecond()).toBeGreaterThan(0.999)
  await engine.library.import([made.photos])
  expect(await likeTheSecond()).toBeLessThan(0.99)
  expect((await engine.diagnostics.doctor()).problems).toEqual([])
})
