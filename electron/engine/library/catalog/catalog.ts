/** @file The catalog, the main part of the library room: opens the database and holds its tables. */
import { KindredError } from '../../../shared/errors.ts'
import type { FilePath } from '../paths.ts'
import { AlbumCommands } from './album-commands.ts'
import { AlbumQueries } from './album-queries.ts'
import { allSaid } from './all-said.ts'
import { Awaited } from './awaited.ts'
import { openDatabase, type Database } from './database.ts'
import { Features } from './features.ts'
import { Files } from './files.ts'
import { DecodeAttempts } from './decode-attempts.ts'
import { Jobs } from './jobs.ts'
import { Models } from './models.ts'
import { Outbox } from './outbox.ts'
import { Parts } from './parts.ts'
import { FilteredPhotos } from './photo-filter.ts'
import { MetadataStore } from './photo-metadata.ts'
import { Photos } from './photos.ts'
import { Roots } from './roots.ts'
import { saidRoot, type Said } from './said.ts'
import { Settings } from './settings.ts'
import { Trainings } from './training.ts'
import { Transactions } from './transactions.ts'

/** The truth about a library: one SQLite file. Everything else beside it can be made again from it and the photos. */
export class Catalog {
  readonly db: Database
  readonly settings: Settings
  readonly photos: Photos
  readonly files: Files
  /** Which photos are parts of others. */
  readonly parts: Parts
  /** What is known of photos beside their pixels. */
  readonly metadata: MetadataStore
  /** Folders that were added to the library. */
  readonly folders: Roots
  readonly features: Features
  readonly models: Models
  readonly jobs: Jobs
  /** Reads albums and labels. */
  readonly albums: AlbumQueries
  /** Changes albums and labels. */
  readonly albumCommands: AlbumCommands
  /** Finds the photos that match a filter. */
  readonly filtered: FilteredPhotos
  readonly trainings: Trainings
  readonly decodeAttempts: DecodeAttempts
  /** What people say, on its way to the journal. */
  readonly outbox: Outbox
  /** What people said of photos that are not known yet. */
  readonly awaited: Awaited
  readonly #transactions: Transactions
  readonly #now: () => number

  /** @param now milliseconds since 1970 */
  constructor(file: string, backupFolder: string, now: () => number = Date.now) {
    this.db = openDatabase(file, backupFolder, undefined, now)
    this.#now = now
    this.#transactions = new Transactions(this.db)
    try {
      this.outbox = new Outbox(this.db)
      this.awaited = new Awaited(this.db)
      this.#transactions.onCommit(() => this.outbox.deliver())
      this.settings = new Settings(this.db)
      this.photos = new Photos(this.db)
      this.files = new Files(this.db)
      this.parts = new Parts(this.db)
      this.metadata = new MetadataStore(this.db)
      this.folders = new Roots(this.db)
      this.features = new Features(this.db)
      this.models = new Models(this.db, this.settings)
      this.jobs = new Jobs(this.db)
      this.albums = new AlbumQueries(this.db, this.settings)
      this.albumCommands = new AlbumCommands({
        db: this.db,
        settings: this.settings,
        queries: this.albums,
        transactions: this.#transactions,
        outbox: this.outbox,
        awaited: this.awaited,
        now,
      })
      this.filtered = new FilteredPhotos(this.db)
      this.trainings = new Trainings(this.db)
      this.decodeAttempts = new DecodeAttempts(this.db, this.#transactions)
    } catch (error) {
      this.db.close()
      // Its version is known, but its tables are not those of that version.
      throw new KindredError('library-damaged', 'The catalog of this library is damaged.', { cause: error })
    }
  }

  /** The path, for threads that read the catalog through a connection of their own. */
  get file(): string {
    return this.db.name
  }

  /**
   * Runs the work in one transaction: all of it or nothing. It is on the disk when this returns.
   * @throws KindredError when SQLite fails
   */
  transaction<T>(work: () => T): T {
    return this.#transactions.durable(work)
  }

  /** The same for what can be made again from the photos: a loss of power may undo the newest. */
  bulkTransaction<T>(work: () => T): T {
    return this.#transactions.bulk(work)
  }

  /** Reads in one transaction: all from one state, and the file is locked once instead of for each read. */
  snapshot<T>(read: () => T): T {
    return this.db.transaction(read).deferred()
  }

  /** Folders that were added to the library. */
  roots(): FilePath[] {
    return this.folders.paths()
  }

  /** Only within a transaction. */
  addRoot(folder: FilePath): void {
    const now = this.#now()
    if (this.folders.add(folder, now))
      this.outbox.add(`Add the folder ${folder}`, { rows: [saidRoot(folder, now)], paths: {} }, now)
  }

  /** Gives a folder of the library another path by which it is found from now on, and the files below it too. */
  respellRoot(from: FilePath, to: FilePath): void {
    this.transaction(() => {
      this.folders.respell(from, to)
      this.files.respell(from, to)
      const now = this.#now()
      const rows = [saidRoot(from, null), saidRoot(to, now)]
      this.outbox.add(`The folder ${from} is ${to}`, { rows, paths: {} }, now)
    })
  }

  /** Only within a transaction. */
  removeRoot(folder: FilePath): void {
    this.folders.remove(folder)
    const said = { rows: [saidRoot(folder, null)], paths: {} }
    this.outbox.add(`Take out the folder ${folder}`, said, this.#now())
  }

  /** All that people said, including what waits for its photos. */
  said(): Said {
    return allSaid(this.db)
  }

  close(): void {
    this.db.close()
  }
}
