import Database from 'better-sqlite3'
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { KindredError } from '../../../shared/errors.ts'
import { replaceFileSync } from '../../runtime/replace-file.ts'
import { migrations as allMigrations, type Migration } from './migrations/index.ts'

export type { Database } from 'better-sqlite3'

/** How many backups are kept: the newest. */
const BACKUPS = 5

/**
 * Opens the catalog and brings it up to date. Before a migration the old catalog is copied to the folder of backups.
 * @throws KindredError `library-newer` when a later Kindred wrote it, `library-damaged` when SQLite cannot read it
 */
export function openDatabase(
  file: string,
  backupFolder: string,
  migrations: readonly Migration[] = allMigrations,
): Database.Database {
  let db: Database.Database | undefined
  refuseLost(file, backupFolder)
  try {
    db = new Database(file)
    db.pragma('journal_mode = WAL')
    db.pragma('synchronous = NORMAL')
    db.pragma('foreign_keys = ON')
    db.pragma('busy_timeout = 5000')
    // Room for the hot part of the catalog of a large library; the default is 2 MB.
    db.pragma('cache_size = -32000')
    migrate(db, backupFolder, migrations)
    return db
  } catch (error) {
    db?.close()
    throw explain(error)
  }
}

/** A catalog that is empty or gone while there are backups of it was lost: a new one would hide that. */
function refuseLost(file: string, backupFolder: string): void {
  const bytes = statSync(file, { throwIfNoEntry: false })?.size ?? 0
  if (bytes === 0 && backupsOf(backupFolder).length > 0)
    throw new KindredError(
      'library-damaged',
      'The catalog of this library is gone, but there are backups of it.',
    )
}

export const schemaVersion = (db: Database.Database): number =>
  db.pragma('user_version', { simple: true }) as number

function migrate(db: Database.Database, backupFolder: string, migrations: readonly Migration[]): void {
  const from = schemaVersion(db)
  const newest = migrations.at(-1)?.version ?? 0
  if (from > newest)
    throw new KindredError(
      'library-newer',
      `A newer Kindred wrote this library (catalog ${from}, known here: ${newest}).`,
    )
  const steps = migrations.filter(step => step.version > from)
  if (steps.length === 0) return
  if (from > 0) backUp(db, backupFolder, `catalog-${timestamp()}-before-${newest}.db`)
  for (const step of steps)
    db.transaction(() => {
      db.exec(step.up)
      db.pragma(`user_version = ${step.version}`)
    }).immediate()
}

/**
 * Copies the catalog as it is into one complete file. Names of backups begin with the date: their order is that of
 * time.
 */
export function backUp(db: Database.Database, folder: string, name: string): void {
  mkdirSync(folder, { recursive: true })
  replaceFileSync(join(folder, name), join(folder, 'unfinished'), unfinished => {
    // SQLite refuses to write over what a killed process left.
    rmSync(unfinished, { force: true })
    db.prepare('VACUUM INTO ?').run(unfinished)
  })
  for (const old of backupsOf(folder).slice(BACKUPS)) rmSync(join(folder, old))
}

/** The names of the backups, the newest first. */
export function backupsOf(folder: string): string[] {
  if (!existsSync(folder)) return []
  const names = readdirSync(folder).filter(file => file.endsWith('.db'))
  return names.sort().reverse()
}

const timestamp = (): string => new Date().toISOString().slice(0, 19).replaceAll(':', '-')

/** Makes the day's backup, unless there is one. */
export function backUpDaily(db: Database.Database, folder: string, now: number): void {
  const name = `catalog-${new Date(now).toISOString().slice(0, 10)}.db`
  if (!existsSync(join(folder, name))) backUp(db, folder, name)
}

/** Turns an error of SQLite into a code and a sentence. */
export function explain(error: unknown): unknown {
  const code = error instanceof Database.SqliteError ? error.code : undefined
  if (!code) return error
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB')
    return new KindredError('library-damaged', 'The catalog of this library is damaged.', { cause: error })
  if (code === 'SQLITE_FULL') return new KindredError('disk-full', 'The disk is full.', { cause: error })
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
