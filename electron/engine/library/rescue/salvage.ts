import Database from 'better-sqlite3'
import { asKindredError } from '../../../shared/errors.ts'

/** A full disk is no damage: a rescue ends there, and begins anew once there is space. */
export function endAtFullDisk(error: unknown): void {
  const known = asKindredError(error)
  if (known.code === 'disk-full') throw known
}

/** What could be read of a table. */
export interface SalvagedTable {
  readonly rows: number
  /** Whether the table was read from one end to the other without an error. */
  readonly isWhole: boolean
}

export type Salvaged = ReadonlyMap<string, SalvagedTable>

type Values = readonly unknown[]

/** Failed reads of a table after which it is given up. */
const FAILURES = 2000

/**
 * Reads what can be read of a damaged catalog into a new one, table by table. Where a page is damaged the rows on it are
 * missing, the others are there.
 * @param file the damaged catalog, a copy of it: SQLite may write to it
 * @param target a new catalog with all tables
 */
export function salvage(file: string, target: Database.Database): Salvaged {
  const result = new Map<string, SalvagedTable>()
  const source = openDamaged(file)
  if (!source) return result
  try {
    for (const table of tablesOf(target)) result.set(table, salvageTable(source, target, table))
    return result
  } finally {
    source.close()
  }
}

/**
 * Adds rows of another catalog to tables that could not be read whole. A row whose key is there already is left out.
 * @param source a catalog that is whole
 * @returns how many rows of each table
 */
export function fillGaps(
  source: Database.Database,
  target: Database.Database,
  gaps: Salvaged,
): Map<string, number> {
  const filled = new Map<string, number>()
  for (const table of tablesOf(target)) {
    if (gaps.get(table)?.isWhole) continue
    const columns = sharedColumns(source, target, table)
    if (columns.length === 0) continue
    const insert = insertInto(target, table, columns)
    const rows = source
      .prepare<[], Values>(`SELECT ${columns.join(', ')} FROM ${table}`)
      .raw()
      .all()
    const added = rows.filter(row => tryInsert(insert, row)).length
    if (added > 0) filled.set(table, added)
  }
  return filled
}

function openDamaged(file: string): Database.Database | undefined {
  let db: Database.Database | undefined
  try {
    db = new Database(file)
    db.pragma('cell_size_check = ON')
    db.pragma('writable_schema = ON')
    db.prepare('SELECT count(*) FROM sqlite_schema').get()
    return db
  } catch (error) {
    db?.close()
    endAtFullDisk(error)
    return undefined
  }
}

/** Tables of a catalog, those first that others refer to. */
function tablesOf(db: Database.Database): string[] {
  // In the order in which migrations made them.
  return db
    .prepare<[], string>(
      `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY rowid`,
    )
    .pluck()
    .all()
}

function salvageTable(source: Database.Database, target: Database.Database, table: string): SalvagedTable {
  const columns = sharedColumns(source, target, table)
  if (columns.length === 0) return { rows: 0, isWhole: false }
  const insert = insertInto(target, table, columns)
  let rows = 0
  const take = (row: Values): void => {
    if (tryInsert(insert, row)) rows++
  }
  const isWhole = target.transaction(() =>
    hasRowid(target, table)
      ? readByRowid(source, table, columns, take)
      : readByKey(source, table, columns, take),
  )()
  return { rows, isWhole }
}

/** Reads ranges of row ids, halving those in which reading fails. Returns whether all was read. */
function readByRowid(
  source: Database.Database,
  table: string,
  columns: readonly string[],
  take: (row: Values) => void,
): boolean {
  let failures = 0
  const ranges: [number, number][] = [[Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]]
  for (let range = ranges.pop(); range && failures < FAILURES; range = ranges.pop()) {
    let [from] = range
    const [, to] = range
    try {
      // Made anew each time: a statement that failed may go on failing.
      const statement = source
        .prepare<[number, number], Values>(
          `SELECT rowid, ${columns.join(', ')} FROM ${table} NOT INDEXED WHERE rowid BETWEEN ? AND ? ORDER BY rowid`,
        )
        .raw()
      for (const [rowid, ...row] of statement.iterate(from, to)) {
        take(row)
        from = Number(rowid) + 1
      }
    } catch (error) {
      endAtFullDisk(error)
      failures++
      if (from >= to) continue
      const middle = Math.floor(from / 2 + to / 2)
      ranges.push([middle + 1, to], [from, middle])
    }
  }
  return failures === 0
}

/** Reads a table without row ids from both ends. Returns whether all was read. */
function readByKey(
  source: Database.Database,
  table: string,
  columns: readonly string[],
  take: (row: Values) => void,
): boolean {
  const keys = source
    .prepare<[string], string>('SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk')
    .pluck()
    .all(table)
  for (const direction of ['ASC', 'DESC'])
    try {
      const order = keys.map(key => `${key} ${direction}`).join(', ')
      const statement = source.prepare<[], Values>(
        `SELECT ${columns.join(', ')} FROM ${table} ORDER BY ${order}`,
      )
      for (const row of statement.raw().iterate()) take(row)
      return direction === 'ASC'
    } catch (error) {
      endAtFullDisk(error)
      // From the other end, up to the damage.
    }
  return false
}

function insertInto(
  target: Database.Database,
  table: string,
  columns: readonly string[],
): Database.Statement {
  return target.prepare(
    `INSERT OR IGNORE INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
  )
}

/** A damaged row may break a rule of its table. */
function tryInsert(insert: Database.Statement, row: Values): boolean {
  try {
    return insert.run(...row).changes > 0
  } catch (error) {
    endAtFullDisk(error)
    return false
  }
}

function sharedColumns(source: Database.Database, target: Database.Database, table: string): string[] {
  const columns = (db: Database.Database): string[] => {
    try {
      return db.prepare<[string], string>('SELECT name FROM pragma_table_info(?)').pluck().all(table)
    } catch {
      return []
    }
  }
  const there = new Set(columns(source))
  return columns(target).filter(column => there.has(column))
}

const hasRowid = (db: Database.Database, table: string): boolean =>
  db.prepare<[string], number>('SELECT wr FROM pragma_table_list(?)').pluck().get(table) === 0
