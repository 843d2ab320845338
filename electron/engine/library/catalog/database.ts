import Database from 'better-sqlite3'
import { asDiskError, KindredError } from '../../../shared/errors.ts'
import { backUp } from './backups.ts'
import { timeStatements } from './slow-statements.ts'
import { migrations as allMigrations, type Migration } from './migrations/index.ts'

export type { Database } from 'better-sqlite3'

/**
 * Opens the catalog and brings it up to date. Before a migration the old catalog is copied to the folder of backups.
 * @throws KindredError `library-newer` when a later Kindred wrote it, `library-damaged` when SQLite cannot read it
 */
export function openDatabase(
  file: string,
  backupFolder: string,
  migrations: readonly Migration[] = allMigrations,
  now: () => number = Date.now,
): Database.Database {
  let db: Database.Database | undefined
  try {
    db = connect(file)
    // On macOS, fsync alone leaves the data in the drive's own memory.
    db.pragma('fullfsync = ON')
    // Migrations that a loss of power undoes are made again.
    db.pragma('synchronous = NORMAL')
    db.pragma('foreign_keys = ON')
    db.pragma('busy_timeout = 5000')
    // Room for the hot part of the catalog of a large library; the default is 2 MB.
    db.pragma('cache_size = -32000')
    migrate(db, backupFolder, now, migrations)
    db.pragma('synchronous = FULL')
    return timeStatements(db)
  } catch (error) {
    db?.close()
    throw explain(error)
  }
}

function connect(file: string): Database.Database {
  const db = new Database(file)
  try {
    db.pragma('journal_mode = WAL')
    return db
  } catch (error) {
    db.close()
    // "unsupported file format" is an error without a code of its own.
    if (error instanceof Database.SqliteError && error.code === 'SQLITE_ERROR') throw damaged(error)
    throw error
  }
}

const damaged = (cause: unknown): KindredError =>
  new KindredError('library-damaged', 'The catalog of this library is damaged.', { cause })

export const schemaVersion = (db: Database.Database): number =>
  db.pragma('user_version', { simple: true }) as number

function migrate(
  db: Database.Database,
  backupFolder: string,
  now: () => number,
  migrations: readonly Migration[],
): void {
  const from = schemaVersion(db)
  const newest = migrations.at(-1)?.version ?? 0
  requireRecordedVersion(db, from)
  if (from > newest)
    throw new KindredError(
      'library-newer',
      `A newer Kindred wrote this library (catalog ${from}, known here: ${newest}).`,
    )
  const steps = migrations.filter(step => step.version > from)
  if (steps.length === 0) return
  if (from > 0) backUp(db, backupFolder, now(), `before-${newest}`)
  for (const step of steps)
    db.transaction(() => {
      db.exec(step.up)
      db.pragma(`user_version = ${step.version}`)
      recordVersion(db, step.version)
    }).immediate()
}

/** The version is kept a second time: four damaged bytes of the header must not read as a newer or an older catalog. */
export function recordVersion(db: Database.Database, version: number): void {
  db.prepare(`INSERT OR REPLACE INTO setting (key, value) VALUES ('schemaVersion', ?)`).run(version)
}

/** @throws KindredError `library-damaged` */
function requireRecordedVersion(db: Database.Database, version: number): void {
  const tables = db.prepare<[], number>('SELECT count(*) FROM sqlite_schema').pluck().get()!
  if (version === 0 && tables === 0) return
  const recorded = db
    .prepare<[], number>(`SELECT value FROM setting WHERE key = 'schemaVersion'`)
    .pluck()
    .get()
  if (recorded === version) return
  const isOld = recorded === undefined && version > 0 && version < FIRST_RECORDED
  // In doubt a catalog counts as newer, and is left alone.
  const mayBeNewer = version > (recorded ?? FIRST_RECORDED) && version < IMPLAUSIBLE && version % 10 === 0
  if (!isOld && !mayBeNewer)
    throw damaged(new Error(`The header has version ${version}, the settings ${recorded}.`))
}

/** No release will reach this version. */
const IMPLAUSIBLE = 1_000_000

/** Catalogs of this version and later ones have their version recorded. */
const FIRST_RECORDED = 40

/** Turns an error of SQLite into a code and a sentence. */
export function explain(error: unknown): unknown {
  const code = error instanceof Database.SqliteError ? error.code : undefined
  if (!code) return error
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') return damaged(error)
  const ofTheDisk = asDiskError(error)
  if (ofTheDisk) return ofTheDisk
  if (code === 'SQLITE_BUSY')
    return new KindredError('library-in-use', 'Another program is using this library.', { cause: error })
  if (
    code.startsWith('SQLITE_CANTOPEN') ||
    code.startsWith('SQLITE_READONLY') ||
    code.startsWith('SQLITE_IOERR')
  )
    return new KindredError('library-unwritable', 'The catalog of this library cannot be written.', {
      cause: error,
    })
  return error
}
