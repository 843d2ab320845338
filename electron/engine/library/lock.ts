import Database from 'better-sqlite3'
import { existsSync, mkdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { KindredError } from '../../shared/errors.ts'
import { displayPath } from './paths.ts'
import type { LibraryLayout } from './layout.ts'
import { makeFilesPrivate, tightenLibrary } from './private-files.ts'

export interface LibraryLock {
  release(): void
}

/** Milliseconds to wait for another process that is just closing the library. */
const TIMEOUT = 2000

/** In the header of a lock file that a process made while nobody else was in the library. */
const MARK = 0x4b6c6f6b

/**
 * Makes the folder where needed and locks it for this process. The lock belongs to the operating system, through a
 * small SQLite file: it ends with the process, however that ends.
 * @throws KindredError `library-in-use`, `library-unwritable`
 */
export function lockLibrary(layout: LibraryLayout): LibraryLock {
  try {
    makeFilesPrivate()
    mkdirSync(layout.thumbnails, { recursive: true })
    const lock = openLock(join(layout.folder, 'lock.db'))
    try {
      // Another may have been deleted or replaced while a process held it; that one has the catalog open.
      if (lock.pragma('application_id', { simple: true }) !== MARK) {
        refuseSecond(layout.catalog)
        mark(lock)
      }
    } catch (error) {
      rmSync(lock.name, { force: true })
      lock.close()
      throw error
    }
    tightenLibrary(layout)
    return { release: () => lock.close() }
  } catch (error) {
    if (error instanceof KindredError) throw error
    const code = codeOf(error)
    if (code.startsWith('SQLITE_BUSY'))
      throw new KindredError('library-in-use', 'This library is open in another Kindred.', { cause: error })
    const folder = displayPath(layout.folder)
    throw new KindredError('library-unwritable', `The library folder ${folder} cannot be written.`, {
      cause: error,
    })
  }
}

function openLock(file: string): Database.Database {
  const there = statSync(file, { throwIfNoEntry: false })
  if (there?.isDirectory())
    throw new KindredError(
      'library-unwritable',
      `${displayPath(file)} is a folder in the place of the library’s lock; remove it.`,
    )
  try {
    return lock(file)
  } catch (error) {
    // Something else was written over it.
    if (!/^SQLITE_(NOTADB|CORRUPT)/.test(codeOf(error))) throw error
    rmSync(file)
    return lock(file)
  }
}

function lock(file: string): Database.Database {
  const db = new Database(file, { timeout: TIMEOUT })
  try {
    db.pragma('journal_mode = DELETE')
    db.exec('BEGIN EXCLUSIVE')
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

function mark(lock: Database.Database): void {
  try {
    lock.exec(`PRAGMA application_id = ${MARK}; COMMIT`)
  } catch (error) {
    // The disk is full: the next process looks again.
    if (codeOf(error) !== 'SQLITE_FULL') throw error
    if (lock.inTransaction) lock.exec('ROLLBACK')
  }
  lock.exec('BEGIN EXCLUSIVE')
}

/** Fails with SQLITE_BUSY while another process has the catalog open. Damage of it is for those who open it. */
function refuseSecond(catalog: string): void {
  if (!existsSync(catalog)) return
  let db: Database.Database | undefined
  try {
    db = new Database(catalog, { timeout: TIMEOUT })
    db.pragma('locking_mode = EXCLUSIVE')
    db.exec('BEGIN IMMEDIATE; ROLLBACK')
  } catch (error) {
    if (codeOf(error).startsWith('SQLITE_BUSY')) throw error
  } finally {
    db?.close()
  }
}

const codeOf = (error: unknown): string => (error as { code?: string }).code ?? ''
