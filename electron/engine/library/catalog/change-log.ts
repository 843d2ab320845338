import type { AlbumChange } from '../../../shared/album-change.ts'
import { KindredError } from '../../../shared/errors.ts'
import type { Database } from './database.ts'
import {
  keyColumns,
  labelTables,
  photoColumns,
  type LabelTable,
  type Row,
  type RowChange,
} from './label-tables.ts'
import { RowWriter } from './row-writer.ts'

interface Entry {
  readonly id: number
  readonly label: string
}

/** A change that was undone or redone. */
export interface TurnedChange {
  readonly what: AlbumChange
  /** The rows as they were before and as they are now. */
  readonly changes: readonly RowChange[]
}

/** How many changes can be undone, the newest. */
const KEPT = 200

/**
 * Every change to albums and labels, as rows before and after: putting back the rows of the other side undoes or redoes
 * it. The record is written in one transaction with the change itself, so that a kill leaves both or neither.
 */
export class ChangeLog {
  readonly #db: Database
  readonly #append
  readonly #discardUndone
  readonly #discardOld
  readonly #all
  readonly #byId
  readonly #lastDone
  readonly #firstUndone
  readonly #isUndone
  readonly #setUndone
  readonly #setRows
  readonly #rows: RowWriter

  constructor(db: Database) {
    this.#db = db
    this.#rows = new RowWriter(db)
    this.#append = db.prepare<[string, string, number]>(
      'INSERT INTO change (label, rows, at) VALUES (?, ?, ?)',
    )
    this.#discardUndone = db.prepare('DELETE FROM change WHERE undone = 1')
    this.#discardOld = db.prepare<[number]>(
      'DELETE FROM change WHERE id <= (SELECT id FROM change ORDER BY id DESC LIMIT 1 OFFSET ?)',
    )
    this.#all = db.prepare<[], number>('SELECT id FROM change ORDER BY id').pluck()
    this.#byId = db.prepare<[number], string>('SELECT rows FROM change WHERE id = ?').pluck()
    // Without their rows, which are megabytes where a folder was imported: the labels are read all the time.
    this.#lastDone = db.prepare<[], Entry>(
      'SELECT id, label FROM change WHERE undone = 0 ORDER BY id DESC LIMIT 1',
    )
    this.#firstUndone = db.prepare<[], Entry>(
      'SELECT id, label FROM change WHERE undone = 1 ORDER BY id LIMIT 1',
    )
    this.#isUndone = db.prepare<[number], 0 | 1>('SELECT undone FROM change WHERE id = ?').pluck()
    this.#setUndone = db.prepare<[number, number]>('UPDATE change SET undone = ? WHERE id = ?')
    this.#setRows = db.prepare<[string, number]>('UPDATE change SET rows = ? WHERE id = ?')
  }

  /** Applies the changes and records them; what had been undone can no longer be redone. */
  apply(what: AlbumChange, changes: readonly RowChange[], now: number): void {
    if (changes.length === 0) return
    this.#db.transaction(() => {
      this.#put(changes)
      this.#discardUndone.run()
      this.#append.run(JSON.stringify(what), JSON.stringify(changes), now)
      this.#discardOld.run(KEPT)
    })()
  }

  /** What undo and redo would do. */
  pending(): { undo: AlbumChange | null; redo: AlbumChange | null } {
    const what = (entry: Entry | undefined): AlbumChange | null => (entry ? changeOf(entry) : null)
    return { undo: what(this.#lastDone.get()), redo: what(this.#firstUndone.get()) }
  }

  /** The id of the last change that is not undone; ids are never used twice. */
  get latest(): number | null {
    return this.#lastDone.get()?.id ?? null
  }

  /**
   * Undoes the last change. Returns undefined when there is none.
   * @param change the id of the one that is meant
   * @throws KindredError `change-not-latest`, `change-gone`
   */
  undo(change?: number): TurnedChange | undefined {
    return this.#turn(this.#require(change, this.#lastDone.get(), 0), 1, ({ table, before, after }) => ({
      table,
      before: after,
      after: before,
    }))
  }

  /**
   * Redoes the change that was undone last. Returns undefined when there is none.
   * @param change the id of the one that is meant
   * @throws KindredError `change-not-latest`, `change-gone`
   */
  redo(change?: number): TurnedChange | undefined {
    return this.#turn(this.#require(change, this.#firstUndone.get(), 1), 0, row => row)
  }

  /** Adds the edited versions of photos to the recorded changes, so that undo and redo concern them as well. */
  carryOver(edits: readonly { readonly before: number; readonly after: number }[]): void {
    if (edits.length === 0) return
    const versions = new Map<string | number, number[]>()
    for (const { before, after } of edits) versions.set(before, [...(versions.get(before) ?? []), after])
    for (const id of this.#all.all()) {
      const changes = this.#rowsOf(id)
      const recorded = new Set(changes.map(keyOf))
      // A photo may get the same labels a second time, as when a pair that was broken is whole again.
      const carried = changes
        .flatMap(change => carriedOver(change, versions))
        .filter(change => !recorded.has(keyOf(change)) && recorded.add(keyOf(change)))
      if (carried.length > 0) this.#setRows.run(JSON.stringify([...changes, ...carried]), id)
    }
  }

  /** Returns the next change to undo or redo, which has to be the one that is meant. */
  #require(meant: number | undefined, next: Entry | undefined, undone: 0 | 1): Entry | undefined {
    if (meant === undefined || meant === next?.id) return next
    if (this.#isUndone.get(meant) === undone)
      throw new KindredError('change-not-latest', 'The albums have been changed since then.')
    throw new KindredError(
      'change-gone',
      undone === 0
        ? 'This change is undone already, or too old to be undone.'
        : 'This change is redone already, or was followed by another one.',
      { details: { reason: undone === 0 ? 'change-gone.undone' : 'change-gone.redone' } },
    )
  }

  #rowsOf(id: number): RowChange[] {
    return JSON.parse(this.#byId.get(id)!) as RowChange[]
  }

  #turn(
    entry: Entry | undefined,
    undone: 0 | 1,
    side: (change: RowChange) => RowChange,
  ): TurnedChange | undefined {
    if (!entry) return undefined
    const changes = this.#rowsOf(entry.id).map(side)
    this.#db.transaction(() => {
      this.#put(changes)
      this.#setUndone.run(undone, entry.id)
    })()
    return { what: changeOf(entry), changes }
  }

  /** Deletes first, from the leaves up, then writes from the root down: no row ever refers to one that is not there. */
  #put(changes: readonly RowChange[]): void {
    const of = (table: LabelTable): RowChange[] => changes.filter(change => change.table === table)
    for (const table of labelTables.toReversed())
      for (const { before, after } of of(table)) if (before && !after) this.#remove(table, before)
    for (const table of labelTables) for (const { after } of of(table)) if (after) this.#write(table, after)
  }

  #remove(table: LabelTable, row: Row): void {
    this.#rows.remove(table, keyColumns[table], row)
  }

  /** Leaves out rows of photos that have left the catalog since. */
  #write(table: LabelTable, row: Row): void {
    const photos = Object.keys(row).filter(column => photoColumns.includes(column))
    const known = photos.map(column => `EXISTS (SELECT 1 FROM photo WHERE id = @${column})`)
    this.#rows.write(table, keyColumns[table], row, ['true', ...known].join(' AND '))
  }
}

/** Early releases recorded a sentence, which no object begins like. */
const changeOf = ({ label }: Entry): AlbumChange =>
  label.startsWith('{') ? (JSON.parse(label) as AlbumChange) : { kind: 'worded', words: label }

/** Names the row that a change concerns. */
function keyOf({ table, before, after }: RowChange): string {
  const row = before ?? after
  return JSON.stringify([table, ...keyColumns[table].map(column => row?.[column])])
}

/** The change for other versions of its photos, in every combination but its own. */
function carriedOver(
  change: RowChange,
  versions: ReadonlyMap<string | number, readonly number[]>,
): RowChange[] {
  const row = change.before ?? change.after
  const named = Object.entries(row ?? {}).filter(([column]) => photoColumns.includes(column))
  let others: Row[] = [{}]
  for (const [column, photo] of named)
    others = others.flatMap(other =>
      [photo, ...(versions.get(photo) ?? [])].map(version => ({ ...other, [column]: version })),
    )
  // No photo is unlike itself.
  const real = others.slice(1).filter(other => named.length === 1 || other.anchor_id !== other.negative_id)
  return real.map(other => ({
    table: change.table,
    before: change.before && { ...change.before, ...other },
    after: change.after && { ...change.after, ...other },
  }))
}
