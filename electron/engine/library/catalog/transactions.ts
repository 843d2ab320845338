import { explain, type Database } from './database.ts'

/**
 * Runs work in transactions: all of it or nothing. What a person says is on the disk when it returns
 * (`synchronous = FULL`); what can be made again from the photos need not be (`NORMAL`: after a loss of power the newest
 * transactions may be gone, but the catalog is whole). See sqlite.org/pragma.html#pragma_synchronous.
 */
export class Transactions {
  readonly #db: Database
  readonly #listeners = new Set<() => void>()

  constructor(db: Database) {
    this.#db = db
  }

  /** Calls the listener after every commit. */
  onCommit(listener: () => void): void {
    this.#listeners.add(listener)
  }

  /** @throws KindredError when SQLite fails */
  durable<T>(work: () => T): T {
    return this.#run(work)
  }

  /** For what can be made again from the photos. */
  bulk<T>(work: () => T): T {
    if (this.#db.inTransaction) return this.#run(work)
    this.#db.pragma('synchronous = NORMAL')
    try {
      return this.#run(work)
    } finally {
      this.#db.pragma('synchronous = FULL')
    }
  }

  #run<T>(work: () => T): T {
    try {
      const result = this.#db.transaction(work).immediate()
      if (!this.#db.inTransaction) for (const listener of this.#listeners) listener()
      return result
    } catch (error) {
      throw explain(error)
    }
  }
}
