import { expect, test } from 'vitest'
import { openEngine } from '../../electron/engine/engine.ts'
import { addAlbums, makeLibrary, resourcesDir } from '../support/made-library.ts'

test('damaged labels: doctor notices what SQLite cannot, and restores it from the journal', async () => {
  const library = await makeLibrary(1)
  await addAlbums(library)
  const engine = await openEngine({ libraryDir: library.libraryDir, resourcesDir })
  try {
    const before = engine.albums.queries.labels()
    expect(await engine.diagnostics.doctor()).toMatchObject({ ok: true, problems: [] })
    engine.catalog.db.exec(`UPDATE album_photo SET verdict = 'refused' WHERE photo_id = 1`)
    expect(await engine.diagnostics.doctor()).toMatchObject({
      ok: false,
      problems: [{ code: 'labels-damaged', repaired: false }],
    })
    expect((await engine.diagnostics.doctor(true)).problems).toMatchObject([{ repaired: true }])
    expect(engine.albums.queries.labels()).toEqual(before)
    expect(await engine.diagnostics.doctor()).toMatchObject({ ok: true, problems: [] })
  } finally {
    await engine.close()
    await library.remove()
  }
})
