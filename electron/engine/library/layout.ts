import Database from 'better-sqlite3'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { KindredError } from '../../shared/errors.ts'

/** Where the parts of a library are. Only the catalog cannot be made again. */
export interface LibraryLayout {
  readonly folder: string
  readonly catalog: string
  readonly backups: string
  readonly index: string
  readonly thumbnails: string
  /** Networks that were trained or imported here. */
  readonly models: string
}

export function layoutOf(folder: string): LibraryLayout {
  return {
    folder,
    catalog: join(folder, 'catalog.db'),
    backups: join(folder, 'backups'),
    index: join(folder, 'index.kindred'),
    thumbnails: join(folder, 'thumbnails'),
    models: join(folder, 'models'),
  }
}

export interface LibraryLock {
  release(): void
}

/**
 * Makes the folder where needed and locks it for this process. The lock belongs to the operating system, through a
 * small SQLite file: it ends with the process, however that ends.
 * @throws KindredError `library-in-use`, `library-unwritable`
 */
export function lockLibrary(layout: LibraryLayout): LibraryLock {
  try {
    mkdirSync(layout.thumbnails, { recursive: true })
    const lock = new Database(join(layout.folder, 'lock.db'), { timeout: 2000 })
    try {
      lock.pragma('journal_mode = DELETE')
      lock.exec('BEGIN EXCLUSIVE')
    } catch (error) {
      lock.close()
      throw error
    }
    return { release: () => lock.close() }
  } catch (error) {
    const code = (error as { code?: string }).code ?? ''
    if (code.startsWith('SQLITE_BUSY'))
      throw new KindredError('library-in-use', 'This library is open in another Kindred.', { cause: error })
    throw new KindredError('library-unwritable', `The library folder ${layout.folder} cannot be written.`, {
      cause: error,
    })
  }
}
