import type { LeftOutReason } from '../../../shared/contract.ts'
import { pathFromBytes, pathToBytes, type FilePath } from '../paths.ts'
import type { Database } from './database.ts'

/** How much of a folder was left out for one reason. */
export interface LeftOut {
  readonly reason: LeftOutReason
  readonly folders: number
  readonly files: number
  /** The path of one of them. */
  readonly example: FilePath
}

/** Folders that were added to the library, and what is left out of each. */
export class Roots {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  paths(): FilePath[] {
    return this.#db
      .prepare<[], Buffer>('SELECT path FROM root ORDER BY path')
      .pluck()
      .all()
      .map(pathFromBytes)
  }

  /** Returns whether it is new. */
  add(folder: FilePath, now: number): boolean {
    const added = this.#db
      .prepare('INSERT OR IGNORE INTO root (path, added_at) VALUES (?, ?)')
      .run(pathToBytes(folder), now)
    return added.changes > 0
  }

  remove(folder: FilePath): void {
    this.#db.prepare('DELETE FROM root WHERE path = ?').run(pathToBytes(folder))
  }

  respell(from: FilePath, to: FilePath): void {
    this.#db
      .prepare('UPDATE OR REPLACE root SET path = ? WHERE path = ?')
      .run(pathToBytes(to), pathToBytes(from))
  }

  /** Patterns that were given for single folders, by the folder. */
  ignored(): Record<FilePath, readonly string[]> {
    const rows = this.#db
      .prepare<[], { path: Buffer; ignore: string }>(`SELECT path, ignore FROM root WHERE ignore <> '[]'`)
      .all()
    return Object.fromEntries(
      rows.map(({ path, ignore }) => [pathFromBytes(path), JSON.parse(ignore) as string[]]),
    )
  }

  /** Keeps patterns for a folder, in place of those that it had. */
  setIgnored(folder: FilePath, patterns: readonly string[]): void {
    this.#db
      .prepare('UPDATE root SET ignore = ? WHERE path = ?')
      .run(JSON.stringify(patterns), pathToBytes(folder))
  }

  /** Keeps what a full look at a folder has left out. Only within a transaction. */
  setLeftOut(folder: FilePath, leftOut: readonly LeftOut[]): void {
    const path = pathToBytes(folder)
    this.#db.prepare('DELETE FROM left_out WHERE root_id = (SELECT id FROM root WHERE path = ?)').run(path)
    const insert = this.#db.prepare(
      `INSERT INTO left_out (root_id, reason, folders, files, example)
       SELECT id, ?, ?, ?, ? FROM root WHERE path = ?`,
    )
    for (const { reason, folders, files, example } of leftOut)
      insert.run(reason, folders, files, pathToBytes(example), path)
  }

  /** What is left out of all folders, the reason with the most first. */
  leftOut(): LeftOut[] {
    return this.#db
      .prepare<[], Omit<LeftOut, 'example'> & { example: Buffer }>(
        `SELECT reason, sum(folders) AS folders, sum(files) AS files, min(example) AS example
         FROM left_out GROUP BY reason ORDER BY sum(folders) + sum(files) DESC, reason`,
      )
      .all()
      .map(row => ({ ...row, example: pathFromBytes(row.example) }))
  }

  /** Keeps where drives are mounted that hold photos. Only within a transaction. */
  addMountPoints(places: readonly FilePath[]): void {
    const insert = this.#db.prepare('INSERT OR IGNORE INTO mount_point (path) VALUES (?)')
    for (const place of places) insert.run(pathToBytes(place))
  }
}
