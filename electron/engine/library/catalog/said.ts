/** @file What people said, in terms that outlast a catalog: photos by their content and path instead of their ids. */
import type { AlbumChange } from '../../../shared/album-change.ts'
import { pathFromBytes, type FilePath } from '../paths.ts'
import type { Database } from './database.ts'
import { keyColumns, labelTables, photoColumns, type LabelTable, type Row } from './label-tables.ts'

/** A photo's SHA-256, in hexadecimal digits. */
export type ContentName = string

/** A row of a table, with content names in the columns of photos. */
export interface SaidRow {
  readonly table: LabelTable | 'root'
  readonly key: Row
  /** The other columns; null where the row was taken away. */
  readonly row: Row | null
}

/** Rows, and where each of their photos was found. */
export interface Said {
  readonly rows: readonly SaidRow[]
  readonly paths: Readonly<Record<ContentName, FilePath>>
}

export type SaidWhat = AlbumChange | { readonly undo?: AlbumChange; readonly redo?: AlbumChange } | string

/** A change of one moment. */
export interface SaidEntry extends Said {
  /** Counts the changes of a library, without gaps. */
  readonly seq: number
  /** ISO 8601. */
  readonly at: string
  /** What it did; that it did something else than a change to albums, and all that earlier releases wrote, in words. */
  readonly said: SaidWhat
}

interface NamedPhoto {
  readonly id: number
  readonly name: ContentName
  readonly path: Buffer | null
}

/** Names the rows of this catalog. */
export class SaidNames {
  readonly #db: Database
  readonly #photos

  constructor(db: Database) {
    this.#db = db
    this.#photos = db.prepare<[string], NamedPhoto>(
      `SELECT photo.id, lower(hex(content_hash)) AS name,
              (SELECT path FROM file WHERE photo_id = photo.id ORDER BY state DESC, path LIMIT 1) AS path
       FROM json_each(?) JOIN photo ON photo.id = json_each.value`,
    )
  }

  /** @param rows each with its table; `gone` where it was taken away */
  name(rows: readonly { readonly table: LabelTable; readonly row: Row; readonly gone?: boolean }[]): Said {
    const ids = new Set(rows.flatMap(({ row }) => photoColumns.flatMap(column => row[column] ?? [])))
    const photos = new Map(this.#photos.all(JSON.stringify([...ids])).map(photo => [photo.id, photo]))
    const named = rows.map(({ table, row, gone = false }): SaidRow => {
      const [key, others]: [Record<string, string | number>, Record<string, string | number>] = [{}, {}]
      for (const [column, value] of Object.entries(row)) {
        const into = (keyColumns[table] as readonly string[]).includes(column) ? key : others
        into[column] = photoColumns.includes(column) ? (photos.get(Number(value))?.name ?? '') : value
      }
      return { table, key, row: gone ? null : others }
    })
    const places = [...photos.values()].flatMap(({ name, path }) =>
      path ? [[name, pathFromBytes(path)] as const] : [],
    )
    return { rows: named, paths: Object.fromEntries(places) }
  }

  /** Everything that was said: all rows of all tables. */
  all(): Said {
    const rows = labelTables.flatMap(table =>
      this.#db
        .prepare<[], Row>(`SELECT * FROM ${table}`)
        .all()
        .map(row => ({ table, row })),
    )
    const roots = this.#db.prepare<[], { path: Buffer; addedAt: number }>(
      'SELECT path, added_at AS addedAt FROM root ORDER BY id',
    )
    const named = this.name(rows)
    const folders = roots.all().map(({ path, addedAt }) => saidRoot(pathFromBytes(path), addedAt))
    return { rows: [...folders, ...named.rows], paths: named.paths }
  }
}

/** @param addedAt null: the folder was taken out of the library */
export const saidRoot = (path: FilePath, addedAt: number | null): SaidRow => ({
  table: 'root',
  key: { path },
  row: addedAt === null ? null : { added_at: addedAt },
})
