import { pathFromBytes, pathToBytes, type FilePath } from '../paths.ts'
import type { Database } from './database.ts'
import { keyColumns, photoColumns, type LabelTable } from './label-tables.ts'
import { RowWriter } from './row-writer.ts'
import type { ContentName, Said, SaidRow } from './said.ts'

interface Stored {
  readonly id: number
  readonly name: ContentName
  /** JSON. */
  readonly row: string
}

/**
 * Writes what was said into the tables. Labels of photos that the catalog does not know wait for them here: a catalog
 * that was lost whole is filled again by imports, and each photo finds its labels.
 */
export class Awaited {
  readonly #rows: RowWriter
  readonly #idOf
  readonly #insert
  readonly #ofPhoto
  readonly #ofPath
  readonly #remove
  readonly #isEmpty
  readonly #removeAll
  readonly #removeSame
  readonly #all

  constructor(db: Database) {
    this.#rows = new RowWriter(db)
    this.#idOf = db.prepare<[Buffer], number>('SELECT id FROM photo WHERE content_hash = ?').pluck()
    this.#insert = db.prepare<[Buffer, Buffer | null, string]>(
      'INSERT INTO awaited (content_hash, path, row) VALUES (?, ?, ?)',
    )
    const columns = 'id, lower(hex(content_hash)) AS name, row'
    this.#ofPhoto = db.prepare<[Buffer], Stored>(`SELECT ${columns} FROM awaited WHERE content_hash = ?`)
    this.#ofPath = db.prepare<[Buffer], Stored>(`SELECT ${columns} FROM awaited WHERE path = ?`)
    this.#remove = db.prepare<[number]>('DELETE FROM awaited WHERE id = ?')
    this.#isEmpty = db.prepare<[], number>('SELECT NOT EXISTS (SELECT 1 FROM awaited)').pluck()
    this.#removeAll = db.prepare('DELETE FROM awaited')
    this.#removeSame = db.prepare<[Buffer, string]>(
      `DELETE FROM awaited WHERE content_hash = ? AND json_extract(row, '$.table', '$.key') = json(?)`,
    )
    this.#all = db.prepare<[], Stored & { readonly path: Buffer | null }>(
      `SELECT ${columns}, path FROM awaited ORDER BY id`,
    )
  }

  /** Rows that wait for a photo. */
  all(): Said {
    const stored = this.#all.all()
    const paths = stored.flatMap(({ name, path }) => (path ? [[name, pathFromBytes(path)] as const] : []))
    return { rows: stored.map(({ row }) => JSON.parse(row) as SaidRow), paths: Object.fromEntries(paths) }
  }

  removeAll(): void {
    this.#removeAll.run()
  }

  /** Writes the row, or keeps it until its photos are known. Returns whether it was written. */
  put(said: SaidRow, paths: Readonly<Record<ContentName, FilePath>>): boolean {
    const key: Record<string, string | number | Buffer> = { ...said.key }
    for (const column of photoColumns) {
      const name = said.key[column]
      if (name === undefined) continue
      const id = this.#idOf.get(Buffer.from(String(name), 'hex'))
      if (id === undefined) {
        this.#wait(said, String(name), paths)
        return false
      }
      key[column] = id
    }
    if (said.table === 'root') key.path = pathToBytes(String(said.key.path))
    this.#write(said, key)
    return true
  }

  /**
   * Gives a new photo the labels that waited for its content, or for other content at its path: then it is the edited
   * version of the photo that they were given to. Returns them.
   */
  claim(contentHash: Buffer, path: FilePath): SaidRow[] {
    if (this.#isEmpty.get() === 1) return []
    const own = this.#ofPhoto.all(contentHash)
    for (const { id } of own) this.#remove.run(id)
    const name = contentHash.toString('hex')
    const others = this.#ofPath.all(pathToBytes(path)).filter(row => row.name !== name)
    const rows = [
      ...own.map(({ row }) => JSON.parse(row) as SaidRow),
      ...others.map(({ name: before, row }) => withPhoto(JSON.parse(row) as SaidRow, before, name)),
    ]
    // A pair may wait for the other of its photos now.
    return rows.filter(row => this.put(row, {}))
  }

  /** Keeps the row instead of what was said of the same before. */
  #wait(said: SaidRow, name: ContentName, paths: Readonly<Record<ContentName, FilePath>>): void {
    const hash = Buffer.from(name, 'hex')
    this.#removeSame.run(hash, JSON.stringify([said.table, said.key]))
    const path = paths[name]
    if (said.row) this.#insert.run(hash, path === undefined ? null : pathToBytes(path), JSON.stringify(said))
  }

  #write({ table, row }: SaidRow, key: Readonly<Record<string, unknown>>): void {
    const keys = table === 'root' ? ['path'] : keyColumns[table satisfies LabelTable]
    if (row) this.#rows.write(table, keys, { ...key, ...row }, conditions[table])
    else this.#rows.remove(table, keys, key)
  }
}

/** SQL: whether the row may be written; the album may be gone since. */
const conditions: Readonly<Record<SaidRow['table'], string>> = {
  album: 'true',
  album_photo: 'EXISTS (SELECT 1 FROM album WHERE id = @album_id)',
  not_like: '@anchor_id <> @negative_id',
  root: 'true',
}

/** The row with another photo in place of one. */
function withPhoto(said: SaidRow, before: ContentName, after: ContentName): SaidRow {
  const key = Object.entries(said.key).map(([column, value]) => [
    column,
    photoColumns.includes(column) && value === before ? after : value,
  ])
  return { ...said, key: Object.fromEntries(key) as SaidRow['key'] }
}
