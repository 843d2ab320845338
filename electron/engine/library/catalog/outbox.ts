import type { Database } from './database.ts'
import type { RowChange } from './label-tables.ts'
import { SaidNames, type Said, type SaidEntry, type SaidWhat } from './said.ts'

/**
 * What people say, on its way to the journal (journal/journal.ts). An entry is written in one transaction with the change
 * itself, so that a kill at any moment leaves both or neither, and is removed when the journal holds it.
 */
export class Outbox {
  readonly #names: SaidNames
  readonly #insert
  readonly #remove
  readonly #after
  readonly #last
  readonly #setLast
  readonly #removeDamaged
  #receive: ((entries: readonly SaidEntry[]) => boolean) | undefined
  #received = 0
  #waiting = false

  constructor(db: Database) {
    this.#names = new SaidNames(db)
    this.#insert = db.prepare<[number, string]>('INSERT INTO outbox (id, entry) VALUES (?, ?)')
    this.#remove = db.prepare<[number]>('DELETE FROM outbox WHERE id <= ?')
    this.#after = db.prepare<[number], string>('SELECT entry FROM outbox WHERE id > ? ORDER BY id').pluck()
    this.#last = db.prepare<[], number>(`SELECT value FROM setting WHERE key = 'lastSaid'`).pluck()
    this.#setLast = db.prepare<[number]>(`INSERT OR REPLACE INTO setting (key, value) VALUES ('lastSaid', ?)`)
    this.#removeDamaged = db.prepare('DELETE FROM outbox WHERE NOT json_valid(entry)')
  }

  /** The number of the last entry. */
  get last(): number {
    return this.#last.get() ?? 0
  }

  /** Goes on counting after another number: the journal that this catalog was restored from reached it. */
  set last(sequence: number) {
    this.#setLast.run(sequence)
  }

  /** Only within a transaction. */
  addChanges(said: SaidWhat, changes: readonly RowChange[], now: number): void {
    const rows = changes.map(({ table, before, after }) => ({
      table,
      row: (after ?? before)!,
      gone: after === null,
    }))
    this.add(said, this.#names.name(rows), now)
  }

  /** Only within a transaction. */
  add(said: SaidWhat, { rows, paths }: Said, now: number): void {
    if (rows.length === 0) return
    const entry: SaidEntry = { seq: this.last + 1, at: new Date(now).toISOString(), said, rows, paths }
    this.#remove.run(this.#received)
    this.#insert.run(entry.seq, JSON.stringify(entry))
    this.#setLast.run(entry.seq)
    this.#waiting = true
  }

  /** Removes entries whose text is not whole: of a damaged page a part may be read. */
  removeDamaged(): void {
    this.#removeDamaged.run()
  }

  /** Entries after this number that are still here. */
  after(sequence: number): SaidEntry[] {
    return this.#after.all(sequence).map(entry => JSON.parse(entry) as SaidEntry)
  }

  /**
   * From now on entries are given away as soon as they are committed. What could not be received is given again with
   * the next.
   * @param received the number of the last entry that the receiver has
   * @param receive returns whether it has them now
   */
  deliverTo(received: number, receive: (entries: readonly SaidEntry[]) => boolean): void {
    this.#received = received
    this.#receive = receive
    this.#waiting = received < this.last
    this.deliver()
  }

  /** Only outside of a transaction. */
  deliver(): void {
    if (!this.#waiting || !this.#receive) return
    const entries = this.after(this.#received)
    if (!this.#receive(entries)) return
    this.#received = entries.at(-1)?.seq ?? this.#received
    this.#waiting = false
  }
}
