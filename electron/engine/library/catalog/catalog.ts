import { KindredError } from '../../../shared/errors.ts'
import { pathFromBytes, pathToBytes, type FilePath } from '../paths.ts'
import { Albums } from './albums.ts'
import { explain, openDatabase, type Database } from './database.ts'
import { Features } from './features.ts'
import { Files } from './files.ts'
import { Jobs } from './jobs.ts'
import { Models } from './models.ts'
import { Photos } from './photos.ts'
import { Settings } from './settings.ts'
import { Trainings } from './training.ts'

/** The truth about a library: one SQLite file. Everything else next to it can be made again from it and the photos. */
export class Catalog {
  readonly db: Database
  readonly settings: Settings
  readonly photos: Photos
  readonly files: Files
  readonly features: Features
  readonly models: Models
  readonly jobs: Jobs
  readonly albums: Albums
  readonly trainings: Trainings

  constructor(file: string, backupFolder: string) {
    this.db = openDatabase(file, backupFolder)
    try {
      this.settings = new Settings(this.db)
      this.photos = new Photos(this.db)
      this.files = new Files(this.db)
      this.features = new Features(this.db)
      this.models = new Models(this.db, this.settings)
      this.jobs = new Jobs(this.db)
      this.albums = new Albums(this.db, this.settings)
      this.trainings = new Trainings(this.db)
    } catch (error) {
      this.db.close()
      // Its version is known, yet its tables are not those of that version.
      throw new KindredError('library-damaged', 'The catalog of this library is damaged.', { cause: error })
    }
  }

  /** For threads that read it through a connection of their own. */
  get file(): string {
    return this.db.name
  }

  /** Runs the work in one transaction: all of it is there afterwards, or nothing. */
  transaction<T>(work: () => T): T {
    try {
      return this.db.transaction(work).immediate()
    } catch (error) {
      throw explain(error)
    }
  }

  /** Reads in one transaction: all of it from one state, and the file is locked once instead of for each read. */
  snapshot<T>(read: () => T): T {
    return this.db.transaction(read).deferred()
  }

  /** Folders that the person added. */
  roots(): FilePath[] {
    return this.db.prepare<[], Buffer>('SELECT path FROM root ORDER BY path').pluck().all().map(pathFromBytes)
  }

  addRoot(folder: FilePath, now: number): void {
    this.db.prepare('INSERT OR IGNORE INTO root (path, added_at) VALUES (?, ?)').run(pathToBytes(folder), now)
  }

  removeRoot(folder: FilePath): void {
    this.db.prepare('DELETE FROM root WHERE path = ?').run(pathToBytes(folder))
  }

  close(): void {
    this.db.close()
  }
}
