import { join } from 'node:path'
import { openDatabase, recordVersion, type Database } from '../../electron/engine/library/catalog/database.ts'
import { migrations } from '../../electron/engine/library/catalog/migrations/index.ts'

/**
 * Writes a catalog as an earlier version of the program would have made it, with the rows of a newer one where that
 * version had a place for them.
 * @param newer a catalog that no process has open
 */
export function writeOldCatalog(newer: string, file: string, version: number): void {
  const steps = migrations.filter(step => step.version <= version)
  const db = openDatabase(file, join(file, '..', 'no backups'), steps)
  db.pragma('foreign_keys = OFF')
  db.prepare('ATTACH ? AS newer').run(newer)
  for (const table of tablesOf(db, 'main')) {
    const columns = columnsOf(db, 'main', table).intersection(columnsOf(db, 'newer', table))
    if (columns.size === 0) continue
    const list = [...columns].join(', ')
    db.exec(
      `DELETE FROM main.${table}; INSERT INTO main.${table} (${list}) SELECT ${list} FROM newer.${table}`,
    )
  }
  db.exec('DETACH newer')
  recordVersion(db, version)
  db.close()
}

const tablesOf = (db: Database, schema: string): string[] =>
  db
    .prepare<[], string>(
      `SELECT name FROM ${schema}.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`,
    )
    .pluck()
    .all()

const columnsOf = (db: Database, schema: string, table: string): Set<string> =>
  new Set((db.pragma(`${schema}.table_info(${table})`) as { name: string }[]).map(({ name }) => name))
