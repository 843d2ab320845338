import { foldName } from '../catalog/album-names.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { Said, SaidRow } from '../catalog/said.ts'
import type { SaidState } from './said-state.ts'

/** What was written into a catalog. */
export interface Replayed {
  readonly albums: number
  /** Photos in albums, and refused for them. */
  readonly labels: number
  /** Labels that wait for photos which the catalog does not know. */
  readonly waiting: number
}

/**
 * Makes the labels of a catalog those of the journal: exactly those where the journal is whole, otherwise its rows on top of
 * what is there. What can be undone is forgotten: it was the history of other rows.
 */
export function restoreLabels(catalog: Catalog, state: SaidState): Replayed {
  return catalog.transaction(() => {
    if (state.isWhole) {
      for (const table of ['not_like', 'album_photo', 'album']) catalog.db.exec(`DELETE FROM ${table}`)
      catalog.awaited.removeAll()
    }
    const replayed = put(catalog, state)
    catalog.outbox.last = Math.max(state.last, catalog.outbox.last)
    return replayed
  })
}

/** Adds changes that a catalog lacks: the newest of its journal, where it is an older copy. */
export function addChanges(catalog: Catalog, said: Said & { readonly last: number }): Replayed {
  return catalog.transaction(() => {
    const replayed = put(catalog, said)
    catalog.outbox.last = said.last
    return replayed
  })
}

function put(catalog: Catalog, { rows, paths }: Said): Replayed {
  const albums = rows.filter(({ table }) => table === 'album')
  const others = rows.filter(({ table }) => table !== 'album')
  // First those that were taken away, and all names that change: albums may have exchanged their names.
  for (const row of albums.filter(({ row }) => !row)) catalog.awaited.put(row, paths)
  const named = albums.filter(({ row }) => row)
  const forget = catalog.db.prepare(
    `UPDATE album SET name = 'album ' || id || ' ' || hex(randomblob(8)) WHERE id = ?`,
  )
  for (const { key } of named) forget.run(key.id)
  const known = catalog.albums.idsByName()
  const renamed = new Map<number, number>()
  for (const row of named) {
    const same = known.get(foldName(String(row.row!.name)))
    if (same === undefined) catalog.awaited.put(row, paths)
    else renamed.set(Number(row.key.id), same)
  }
  let [labels, waiting] = [0, 0]
  for (const said of others) {
    const written = catalog.awaited.put(inAlbum(said, renamed), paths)
    if (said.table === 'root' || !said.row) continue
    if (written) labels++
    else waiting++
  }
  catalog.db.exec('DELETE FROM change')
  catalog.settings.set('albumRevision', catalog.albums.revision + 1)
  return { albums: named.length, labels, waiting }
}

/** The row with the album that has its album's name in this catalog. */
function inAlbum(said: SaidRow, renamed: ReadonlyMap<number, number>): SaidRow {
  const album = renamed.get(Number(said.key.album_id))
  return album === undefined ? said : { ...said, key: { ...said.key, album_id: album } }
}
