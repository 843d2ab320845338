import type { Statement } from 'better-sqlite3'
import type { Database } from './database.ts'

type Values = Readonly<Record<string, unknown>>

/** Writes and removes rows whose columns are known only when they come, by their key. Keeps the statements. */
export class RowWriter {
  readonly #db: Database
  readonly #statements = new Map<string, Statement>()

  constructor(db: Database) {
    this.#db = db
  }

  /**
   * Adds the row, or changes the one with its key.
   * @param condition SQL over the row's columns as `@column`: whether it may be written
   */
  write(table: string, keys: readonly string[], row: Values, condition = 'true'): void {
    const columns = Object.keys(row)
    const updates = columns
      .filter(column => !keys.includes(column))
      .map(column => `${column} = excluded.${column}`)
    this.#prepare(
      `INSERT INTO ${table} (${columns.join(', ')}) SELECT ${columns.map(column => `@${column}`).join(', ')}
       WHERE ${condition}
       ON CONFLICT (${keys.join(', ')}) DO UPDATE SET ${updates.join(', ')}`,
    ).run(row)
  }

  /** @param key the key's columns, and possibly others */
  remove(table: string, keys: readonly string[], key: Values): void {
    const where = keys.map(column => `${column} = @${column}`).join(' AND ')
    this.#prepare(`DELETE FROM ${table} WHERE ${where}`).run(key)
  }

  #prepare(sql: string): Statement {
    const statement = this.#statements.get(sql) ?? this.#db.prepare(sql)
    this.#statements.set(sql, statement)
    return statement
  }
}
