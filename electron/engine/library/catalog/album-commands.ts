import { KindredError } from '../../../shared/errors.ts'
import type { AlbumChange } from '../../../shared/album-change.ts'
import type { AlbumId, PhotoId } from '../../../shared/ids.ts'
import type { FilePath } from '../paths.ts'
import { albumExists, foldName, requireName } from './album-names.ts'
import type { AlbumQueries, Label } from './album-queries.ts'
import type { Awaited } from './awaited.ts'
import { ChangeLog, type TurnedChange } from './change-log.ts'
import type { Database } from './database.ts'
import { LabelCarry } from './label-carry.ts'
import type { Row, RowChange } from './label-tables.ts'
import type { Outbox } from './outbox.ts'
import { Parts } from './parts.ts'
import type { Settings } from './settings.ts'
import type { Transactions } from './transactions.ts'
import { mergeByName, type WantedAlbum } from './wanted-albums.ts'

export interface AlbumTables {
  readonly db: Database
  readonly settings: Settings
  readonly queries: AlbumQueries
  readonly transactions: Transactions
  readonly outbox: Outbox
  readonly awaited: Awaited
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/**
 * Changes albums and labels. What is said of a part is said of the photo that shows it, and what is said of that holds for
 * labels that its parts had. Every change goes through the change log in one transaction with its own record: it can be
 * undone, and a kill leaves all of it or nothing.
 */
export class AlbumCommands {
  readonly #transactions: Transactions
  readonly #outbox: Outbox
  readonly #awaited: Awaited
  readonly #settings: Settings
  readonly #queries: AlbumQueries
  readonly #now: () => number
  readonly #log: ChangeLog
  readonly #listeners = new Set<() => void>()
  readonly #membership
  readonly #notLikePair
  readonly #rowsOf
  readonly #lastPhotoPosition
  readonly #lastAlbumPosition
  readonly #lastId
  readonly #photoExists
  readonly #carry
  readonly #parts: Parts

  constructor({ db, settings, queries, transactions, outbox, awaited, now }: AlbumTables) {
    this.#transactions = transactions
    this.#outbox = outbox
    this.#awaited = awaited
    this.#settings = settings
    this.#queries = queries
    this.#now = now
    this.#log = new ChangeLog(db)
    this.#membership = db.prepare<[number, number], Row>(
      'SELECT * FROM album_photo WHERE album_id = ? AND photo_id = ?',
    )
    this.#notLikePair = db.prepare<[number, number], Row>(
      'SELECT * FROM not_like WHERE anchor_id = ? AND negative_id = ?',
    )
    this.#rowsOf = db.prepare<[number], Row>('SELECT * FROM album_photo WHERE album_id = ?')
    this.#lastPhotoPosition = db
      .prepare<[number], number | null>('SELECT max(position) FROM album_photo WHERE album_id = ?')
      .pluck()
    this.#lastAlbumPosition = db.prepare<[], number | null>('SELECT max(position) FROM album').pluck()
    this.#lastId = db.prepare<[], number>(`SELECT seq FROM sqlite_sequence WHERE name = 'album'`).pluck()
    this.#photoExists = db.prepare<[number], number>('SELECT 1 FROM photo WHERE id = ?').pluck()
    this.#carry = new LabelCarry(db)
    this.#parts = new Parts(db)
  }

  /**
   * Calls the listener after every change to albums or labels. A transaction may still be open then: the listener only
   * notes that something has changed, and reads later.
   */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** What undo and redo would do. */
  get pending(): { undo: AlbumChange | null; redo: AlbumChange | null } {
    return this.#log.pending()
  }

  /** The id of the last change that is not undone. */
  get latestChange(): number | null {
    return this.#log.latest
  }

  /** @throws KindredError `album-exists`, `bad-argument` */
  create(name: string, photos: readonly PhotoId[] = []): AlbumId {
    return this.createAll([{ name, photos }], { kind: 'create', album: name.trim() })[0]!
  }

  /** Makes several albums, or extends those that exist, as one change. Returns the ids, each once. */
  createAll(wanted: readonly WantedAlbum[], what: AlbumChange): AlbumId[] {
    let next = this.#nextId()
    let position = (this.#lastAlbumPosition.get() ?? -1) + 1
    const at = this.#now()
    const changes: RowChange[] = []
    const known = this.#queries.idsByName()
    const ids = mergeByName(wanted).map(({ name, photos, extend }) => {
      const same = known.get(foldName(name))
      if (same && !extend) throw albumExists(`There is already an album “${name}”.`, name)
      const id = same ?? (next++ as AlbumId)
      if (!same) {
        const after = { id, name, position: position++, teaches: 1, created_at: at }
        changes.push({ table: 'album', before: null, after })
      }
      changes.push(...this.#labelChanges(id, photos, 'member', at))
      return id
    })
    this.#apply(what, changes)
    return ids
  }

  /** @throws KindredError `album-exists`, `album-not-found`, `bad-argument` */
  rename(album: number, given: string): void {
    const before = this.#queries.row(album)
    const name = requireName(given)
    if (name === before.name) return
    const other = this.#queries.idsByName().get(foldName(name))
    if (other !== undefined && other !== before.id)
      throw albumExists(`There is already an album “${name}”.`, name)
    const change: RowChange = { table: 'album', before, after: { ...before, name } }
    this.#apply({ kind: 'rename', album: String(before.name), to: name }, [change])
  }

  /** The album goes, its photos stay. */
  delete(album: number): void {
    const before = this.#queries.row(album)
    const rows = this.#rowsOf
      .all(album)
      .map((row): RowChange => ({ table: 'album_photo', before: row, after: null }))
    this.#apply({ kind: 'delete', album: String(before.name) }, [
      { table: 'album', before, after: null },
      ...rows,
    ])
  }

  /** @param order ids of albums; those that are not named come last, in their present order */
  reorder(order: readonly number[]): void {
    const known = new Set<number>(this.#queries.ids())
    const first = new Set(order).intersection(known)
    const changes = [...first.union(known)].flatMap((id, position): RowChange[] => {
      const before = this.#queries.row(id)
      return before.position === position ? [] : [{ table: 'album', before, after: { ...before, position } }]
    })
    this.#apply({ kind: 'reorder' }, changes)
  }

  setUsedForTraining(album: number, used: boolean): void {
    const before = this.#queries.row(album)
    const after = { ...before, teaches: used ? 1 : 0 }
    if (after.teaches === before.teaches) return
    const kind = used ? 'learn' : 'dont-learn'
    this.#apply({ kind, album: String(before.name) }, [{ table: 'album', before, after }])
  }

  /** Returns how many of the photos were not in it before. */
  add(album: number, photos: readonly PhotoId[]): number {
    const name = this.#queries.nameOf(album)
    const changes = this.#labelChanges(album as AlbumId, photos, 'member', this.#now())
    const added = this.#countShown(changes)
    this.#apply({ kind: 'add', photos: added, album: name }, changes)
    return added
  }

  /** Returns how many of the photos were in it. */
  remove(album: number, photos: readonly PhotoId[]): number {
    const name = this.#queries.nameOf(album)
    const shown = this.#shownBy(photos)
    const all = [...shown, ...[...shown].flatMap(photo => this.#parts.hiddenBehind(photo))]
    const changes = all.flatMap((photo): RowChange[] => {
      const before = this.#membership.get(album, photo)
      return before?.verdict === 'member' ? [{ table: 'album_photo', before, after: null }] : []
    })
    const removed = this.#countShown(changes)
    this.#apply({ kind: 'remove', photos: removed, album: name }, changes)
    return removed
  }

  /** The photos do not belong there, and are not suggested again. */
  refuse(album: number, photos: readonly PhotoId[]): void {
    const name = this.#queries.nameOf(album)
    const changes = this.#labelChanges(album as AlbumId, photos, 'refused', this.#now())
    this.#apply({ kind: 'refuse', photos: this.#countShown(changes), album: name }, changes)
  }

  /** The photo belongs to none of these. */
  noneOf(albums: readonly number[], photo: PhotoId): void {
    for (const album of albums) this.#queries.row(album)
    const at = this.#now()
    const changes = albums.flatMap(album => this.#labelChanges(album as AlbumId, [photo], 'refused', at))
    this.#apply({ kind: 'none-of' }, changes)
  }

  /** The photo must not be found for the anchors. */
  notLike(anchors: readonly PhotoId[], negative: PhotoId): void {
    const [other] = this.#shownBy([negative])
    const at = this.#now()
    const changes = [...this.#shownBy(anchors)]
      .filter(anchor => anchor !== other && !this.#notLikePair.get(anchor, other!))
      .map((anchor): RowChange => ({
        table: 'not_like',
        before: null,
        after: { anchor_id: anchor, negative_id: other!, said_at: at },
      }))
    this.#apply({ kind: 'not-like' }, changes)
  }

  /**
   * Gives the edited version of a photo the labels of its original. Not a change of its own: undoing a label of the
   * original undoes that of the edited version as well. Only within a transaction.
   */
  carryOver(edits: readonly { readonly before: PhotoId; readonly after: PhotoId }[]): void {
    const carried = edits.flatMap(({ before, after }) => this.#carry.copy(before, after))
    if (carried.length > 0) {
      this.#count(0)
      this.#outbox.addChanges('Labels of edited photos', carried, this.#now())
    }
    this.#log.carryOver(edits)
    if (carried.length > 0) this.#tell()
  }

  /** Gives a new photo the labels that waited for it (awaited.ts). Only within a transaction. */
  claimAwaited(contentHash: Buffer, path: FilePath): void {
    const rows = this.#awaited.claim(contentHash, path)
    if (rows.length === 0) return
    this.#count(rows.length)
    this.#outbox.add('Labels that waited for a photo', { rows, paths: {} }, this.#now())
    this.#tell()
  }

  /** Undoes this change, or the last one. Returns what was undone; null when there is nothing. */
  undo(change?: number): AlbumChange | null {
    return this.#turn('undo', () => this.#log.undo(change))
  }

  /** Redoes this change, or the next one. Returns what was redone; null when there is nothing. */
  redo(change?: number): AlbumChange | null {
    return this.#turn('redo', () => this.#log.redo(change))
  }

  /** A training has used the labels as they were after so many changes; later ones count for the next. */
  settleLabelChanges(changes = this.#queries.labelChanges): void {
    this.#settings.set('labelChanges', Math.max(0, this.#queries.labelChanges - changes))
  }

  #turn(way: 'undo' | 'redo', turn: () => TurnedChange | undefined): AlbumChange | null {
    const turned = this.#transactions.durable(() => {
      const result = turn()
      if (result) {
        this.#count(this.#countLabels(result.changes))
        this.#outbox.addChanges({ [way]: result.what }, result.changes, this.#now())
      }
      return result
    })
    if (!turned) return null
    this.#tell()
    return turned.what
  }

  #apply(what: AlbumChange, changes: readonly RowChange[]): void {
    if (changes.length === 0) return
    this.#transactions.durable(() => {
      this.#log.apply(what, changes, this.#now())
      this.#count(this.#countLabels(changes))
      this.#outbox.addChanges(what, changes, this.#now())
    })
    this.#tell()
  }

  #tell(): void {
    for (const listener of this.#listeners) listener()
  }

  #count(labels: number): void {
    const { revision, labelChanges } = this.#queries
    this.#settings.set('albumRevision', revision + 1)
    if (labels > 0) this.#settings.set('labelChanges', labelChanges + labels)
  }

  /** How many labels the changes give, take back, or start or stop using for training. */
  #countLabels(changes: readonly RowChange[]): number {
    return changes.reduce((sum, { table, before, after }) => {
      if (table !== 'album') return sum + 1
      const turned = before && after && before.teaches !== after.teaches
      return sum + (turned ? this.#rowsOf.all(Number(after.id)).length : 0)
    }, 0)
  }

  /** The row changes that give the photos this label; photos that have it already are left out. */
  #labelChanges(album: AlbumId, photos: readonly PhotoId[], label: Label, at: number): RowChange[] {
    let position = this.#lastPhotoPosition.get(album) ?? -1
    return [...this.#shownBy(photos)].flatMap((photo): RowChange[] => {
      const rows = [this.#membership.get(album, photo) ?? null, ...this.#labelsOfParts(album, photo)]
      return rows.flatMap((before): RowChange[] => {
        if (before?.verdict === label) return []
        const labelled = before?.photo_id ?? photo
        const after = {
          album_id: album,
          photo_id: labelled,
          verdict: label,
          position: ++position,
          said_at: at,
        }
        return [{ table: 'album_photo', before, after }]
      })
    })
  }

  #labelsOfParts(album: AlbumId, photo: PhotoId): Row[] {
    const labels = this.#parts.hiddenBehind(photo).map(part => this.#membership.get(album, part))
    return labels.filter(label => label !== undefined)
  }

  /** The photos that show these: parts are shown by others. */
  #shownBy(photos: readonly PhotoId[]): Set<PhotoId> {
    for (const photo of photos)
      if (this.#photoExists.get(photo) === undefined)
        throw new KindredError('photo-not-found', `There is no photo ${photo} in this library.`)
    return new Set(photos.map(photo => this.#parts.mainOf(photo)))
  }

  /** How many photos the changes concern, their parts not counted. */
  #countShown(changes: readonly RowChange[]): number {
    const photos = changes.flatMap(({ before, after }) => Number((before ?? after)!.photo_id) as PhotoId)
    return photos.filter(photo => this.#parts.mainOf(photo) === photo).length
  }

  /** An id that was never used, not even by an album that was deleted. */
  #nextId(): number {
    return (this.#lastId.get() ?? 0) + 1
  }
}
