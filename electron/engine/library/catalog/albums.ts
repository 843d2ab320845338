import { KindredError } from '../../../shared/errors.ts'
import type { AlbumId, PhotoId } from '../../../shared/ids.ts'
import type { AlbumLabels } from '../rows.ts'
import { AlbumCounts, isPresent, type AlbumCount } from './album-counts.ts'
import { ChangeLog, type Row, type RowChange } from './change-log.ts'
import type { Database } from './database.ts'
import type { Settings } from './settings.ts'

export interface AlbumRow extends AlbumCount {
  readonly id: AlbumId
  readonly name: string
  readonly teaches: boolean
}

interface WantedAlbum {
  readonly name: string
  readonly photos: readonly PhotoId[]
  /** Where there is an album of this name, the photos join it. */
  readonly extend?: boolean
}

/** Characters of a name at most, as in the contract. */
export const NAME_LENGTH = 200

type Verdict = 'member' | 'refused'

/**
 * Albums: what the person said of their photos. Every change goes through the change log, in one transaction with its
 * own record, so that it can be taken back and survives a kill whole or not at all.
 */
export class Albums {
  readonly #db: Database
  readonly #settings: Settings
  readonly #log: ChangeLog
  readonly #counts: AlbumCounts
  readonly #inOrder
  readonly #names
  readonly #byId
  readonly #membership
  readonly #photosOf
  readonly #membersOf
  readonly #thoseIn
  readonly #albumsOf
  readonly #isFiled
  readonly #isLabelled
  readonly #refusedIn
  readonly #allSaid
  readonly #notLike
  readonly #notLikeOf
  readonly #notLikePair
  readonly #rowsOf
  readonly #lastPosition
  readonly #photoExists
  readonly #carry
  readonly #carryAnchor
  readonly #carryNegative

  constructor(db: Database, settings: Settings) {
    this.#db = db
    this.#settings = settings
    this.#log = new ChangeLog(db)
    this.#counts = new AlbumCounts(db)
    this.#inOrder = db.prepare<[], { id: AlbumId; name: string; teaches: number }>(
      'SELECT id, name, teaches FROM album ORDER BY position, id',
    )
    this.#names = db.prepare<[], { id: AlbumId; name: string; teaches: number }>(
      'SELECT id, name, teaches FROM album ORDER BY id',
    )
    this.#byId = db.prepare<[number], Row>('SELECT * FROM album WHERE id = ?')
    this.#membership = db.prepare<[number, number], Row>(
      'SELECT * FROM album_photo WHERE album_id = ? AND photo_id = ?',
    )
    this.#photosOf = db
      .prepare<[number], PhotoId>(
        `SELECT photo_id FROM album_photo WHERE album_id = ? AND verdict = 'member' AND ${isPresent}
         ORDER BY position, photo_id`,
      )
      .pluck()
    this.#albumsOf = db
      .prepare<[number], AlbumId>(
        `SELECT album_id FROM album_photo WHERE photo_id = ? AND verdict = 'member' ORDER BY album_id`,
      )
      .pluck()
    this.#membersOf = db
      .prepare<[number], PhotoId>(
        `SELECT photo_id FROM album_photo WHERE album_id = ? AND verdict = 'member' ORDER BY photo_id`,
      )
      .pluck()
    this.#thoseIn = db
      .prepare<[number, string], PhotoId>(
        `SELECT photo_id FROM album_photo
         WHERE album_id = ? AND verdict = 'member' AND photo_id IN (SELECT value FROM json_each(?))`,
      )
      .pluck()
    this.#isFiled = db
      .prepare<[number], number>(
        `SELECT 1 FROM album_photo WHERE photo_id = ? AND verdict = 'member' LIMIT 1`,
      )
      .pluck()
    this.#isLabelled = db
      .prepare<[number], number>('SELECT 1 FROM album_photo WHERE photo_id = ? LIMIT 1')
      .pluck()
    this.#refusedIn = db
      .prepare<[number], PhotoId>(
        `SELECT photo_id FROM album_photo WHERE album_id = ? AND verdict = 'refused' ORDER BY photo_id`,
      )
      .pluck()
    this.#allSaid = db.prepare<[], { albumId: AlbumId; photoId: PhotoId; verdict: Verdict }>(
      'SELECT album_id AS albumId, photo_id AS photoId, verdict FROM album_photo ORDER BY album_id, photo_id',
    )
    this.#notLike = db.prepare<[], { anchor: PhotoId; negative: PhotoId }>(
      'SELECT anchor_id AS anchor, negative_id AS negative FROM not_like ORDER BY anchor_id, negative_id',
    )
    this.#notLikeOf = db
      .prepare<[number], PhotoId>('SELECT negative_id FROM not_like WHERE anchor_id = ? ORDER BY negative_id')
      .pluck()
    this.#notLikePair = db.prepare<[number, number], Row>(
      'SELECT * FROM not_like WHERE anchor_id = ? AND negative_id = ?',
    )
    this.#rowsOf = db.prepare<[number], Row>('SELECT * FROM album_photo WHERE album_id = ?')
    this.#lastPosition = db
      .prepare<[number], number | null>('SELECT max(position) FROM album_photo WHERE album_id = ?')
      .pluck()
    this.#photoExists = db.prepare<[number], number>('SELECT 1 FROM photo WHERE id = ?').pluck()
    this.#carry = db.prepare<[PhotoId, PhotoId]>(
      `INSERT OR IGNORE INTO album_photo (album_id, photo_id, verdict, position, said_at)
       SELECT album_id, ?, verdict, position, said_at FROM album_photo WHERE photo_id = ?`,
    )
    this.#carryAnchor = db.prepare<[PhotoId, PhotoId]>(
      `INSERT OR IGNORE INTO not_like (anchor_id, negative_id, said_at)
       SELECT ?, negative_id, said_at FROM not_like WHERE anchor_id = ?`,
    )
    this.#carryNegative = db.prepare<[PhotoId, PhotoId]>(
      `INSERT OR IGNORE INTO not_like (anchor_id, negative_id, said_at)
       SELECT anchor_id, ?, said_at FROM not_like WHERE negative_id = ?`,
    )
  }

  /** In the person's order. */
  list(): AlbumRow[] {
    this.#counts.refresh()
    return this.#inOrder
      .all()
      .map(({ id, name, teaches }) => ({ id, name, teaches: teaches === 1, ...this.#counts.of(id) }))
  }

  /** @throws KindredError `album-not-found` */
  idOf(name: string): AlbumId {
    const id = this.#idsByName().get(foldName(name))
    if (id === undefined) throw new KindredError('album-not-found', `There is no album “${name}”.`)
    return id
  }

  /** @throws KindredError `album-not-found` */
  nameOf(album: number): string {
    return String(this.#row(album).name)
  }

  /** Its photos that can be reached, in the order in which they were added. */
  photosOf(album: number): PhotoId[] {
    this.#row(album)
    return this.#photosOf.all(album)
  }

  /** All its photos, whether they can be reached or not, by their ids. */
  membersOf(album: number): PhotoId[] {
    this.#row(album)
    return this.#membersOf.all(album)
  }

  /** Those of the photos that the album has. */
  thoseIn(photos: readonly PhotoId[], album: number): PhotoId[] {
    this.#row(album)
    return this.#thoseIn.all(album, JSON.stringify(photos))
  }

  /** Whether any album has the photo. */
  isFiled(photo: PhotoId): boolean {
    return this.#isFiled.get(photo) !== undefined
  }

  /** Whether anything was said of the photo and any album. */
  isLabelled(photo: PhotoId): boolean {
    return this.#isLabelled.get(photo) !== undefined
  }

  albumsOf(photo: PhotoId): AlbumId[] {
    return this.#albumsOf.all(photo)
  }

  refusedIn(album: number): PhotoId[] {
    return this.#refusedIn.all(album)
  }

  /** Photos that must not be found for this one. */
  notLikeOf(anchor: PhotoId): PhotoId[] {
    return this.#notLikeOf.all(anchor)
  }

  /** All labels, in a fixed order: what training learns from. */
  labels(): AlbumLabels {
    const said = this.#allSaid.all()
    const with_ = (verdict: Verdict): AlbumLabels['members'] => said.filter(row => row.verdict === verdict)
    return {
      albums: this.#names
        .all()
        .map(({ id, name, teaches }) => ({ id, name, usedForTraining: teaches === 1 })),
      members: with_('member'),
      refused: with_('refused'),
      notLike: this.#notLike.all(),
    }
  }

  /** Goes up with every change to what is in albums. */
  get revision(): number {
    return this.#settings.number('albumRevision') ?? 0
  }

  /** Labels given or taken back since the last training. */
  get labelChanges(): number {
    return this.#settings.number('labelChanges') ?? 0
  }

  /** A training has taken the labels in as they were when there were so many changes; later ones stay for the next. */
  settleLabelChanges(changes = this.labelChanges): void {
    this.#settings.set('labelChanges', Math.max(0, this.labelChanges - changes))
  }

  /** What undo and redo would do. */
  get pending(): { undo: string | null; redo: string | null } {
    return this.#log.labels()
  }

  /** @throws KindredError `album-exists`, `bad-argument` */
  create(name: string, photos: readonly PhotoId[], now: number): AlbumId {
    return this.createAll([{ name, photos }], `New album “${name.trim()}”`, now)[0]!
  }

  /** Several albums, or photos for those that are there, as one change. Answers the ids, each once. */
  createAll(wanted: readonly WantedAlbum[], label: string, now: number): AlbumId[] {
    let next = this.#nextId()
    let position = this.#nextPosition()
    const changes: RowChange[] = []
    const known = this.#idsByName()
    const ids = mergeByName(wanted).map(({ name, photos, extend }) => {
      const same = known.get(foldName(name))
      if (same && !extend) throw new KindredError('album-exists', `There is already an album “${name}”.`)
      const id = same ?? (next++ as AlbumId)
      if (!same) {
        const after = { id, name, position: position++, teaches: 1, created_at: now }
        changes.push({ table: 'album', before: null, after })
      }
      changes.push(...this.#said(id, photos, 'member', now))
      return id
    })
    this.#apply(label, changes, now)
    return ids
  }

  /** @throws KindredError `album-exists`, `album-not-found`, `bad-argument` */
  rename(album: number, given: string, now: number): void {
    const before = this.#row(album)
    const name = requireName(given)
    if (name === before.name) return
    const other = this.#idsByName().get(foldName(name))
    if (other !== undefined && other !== before.id)
      throw new KindredError('album-exists', `There is already an album “${name}”.`)
    this.#apply(
      `Rename “${before.name}” to “${name}”`,
      [{ table: 'album', before, after: { ...before, name } }],
      now,
    )
  }

  /** The album goes, its photos stay. */
  delete(album: number, now: number): void {
    const before = this.#row(album)
    const rows = this.#rowsOf
      .all(album)
      .map((row): RowChange => ({ table: 'album_photo', before: row, after: null }))
    this.#apply(`Delete “${before.name}”`, [{ table: 'album', before, after: null }, ...rows], now)
  }

  /** @param order ids of all albums; those that are not named come last, in the order in which they are */
  reorder(order: readonly number[], now: number): void {
    const known = new Set(this.#inOrder.all().map(({ id }) => id as number))
    const first = new Set(order).intersection(known)
    const changes = [...first.union(known)].flatMap((id, position): RowChange[] => {
      const before = this.#row(id)
      return before.position === position ? [] : [{ table: 'album', before, after: { ...before, position } }]
    })
    this.#apply('Reorder albums', changes, now)
  }

  setTeaches(album: number, teaches: boolean, now: number): void {
    const before = this.#row(album)
    const after = { ...before, teaches: teaches ? 1 : 0 }
    if (after.teaches === before.teaches) return
    const label = teaches ? `Learn from “${before.name}”` : `Don’t learn from “${before.name}”`
    this.#apply(label, [{ table: 'album', before, after }], now)
  }

  /** Answers how many of the photos were not in it before. */
  add(album: number, photos: readonly PhotoId[], now: number): number {
    const { name } = this.#row(album)
    const changes = this.#said(album as AlbumId, photos, 'member', now)
    this.#apply(`Add ${countOf(changes.length)} to “${name}”`, changes, now)
    return changes.length
  }

  /** Answers how many of the photos were in it. */
  remove(album: number, photos: readonly PhotoId[], now: number): number {
    const { name } = this.#row(album)
    this.#requirePhotos(photos)
    const changes = [...new Set(photos)].flatMap((photo): RowChange[] => {
      const before = this.#membership.get(album, photo)
      return before?.verdict === 'member' ? [{ table: 'album_photo', before, after: null }] : []
    })
    this.#apply(`Remove ${countOf(changes.length)} from “${name}”`, changes, now)
    return changes.length
  }

  /** The photos do not belong there, and are not suggested again. */
  refuse(album: number, photos: readonly PhotoId[], now: number): void {
    const { name } = this.#row(album)
    const changes = this.#said(album as AlbumId, photos, 'refused', now)
    this.#apply(`Refuse ${countOf(changes.length)} for “${name}”`, changes, now)
  }

  /** The photo belongs to none of these. */
  noneOf(albums: readonly number[], photo: PhotoId, now: number): void {
    for (const album of albums) this.#row(album)
    const changes = albums.flatMap(album => this.#said(album as AlbumId, [photo], 'refused', now))
    this.#apply('None of these', changes, now)
  }

  /** The photo must not be found for the anchors. */
  notLike(anchors: readonly PhotoId[], negative: PhotoId, now: number): void {
    this.#requirePhotos([...anchors, negative])
    const changes = [...new Set(anchors)]
      .filter(anchor => anchor !== negative && !this.#notLikePair.get(anchor, negative))
      .map((anchor): RowChange => ({
        table: 'not_like',
        before: null,
        after: { anchor_id: anchor, negative_id: negative, said_at: now },
      }))
    this.#apply('Not like this', changes, now)
  }

  /**
   * What a person said of a photo holds for its edited version, too. No change of its own: whatever is taken back of the
   * original is taken back of the edited one.
   */
  carryOver(edits: readonly { readonly before: PhotoId; readonly after: PhotoId }[]): void {
    let carried = 0
    for (const { before, after } of edits)
      for (const carry of [this.#carry, this.#carryAnchor, this.#carryNegative])
        carried += carry.run(after, before).changes
    if (carried > 0) this.#count(0)
    this.#log.carryOver(edits)
  }

  /** Answers what was taken back, in words; null when there is nothing. */
  undo(): string | null {
    return this.#turn(() => this.#log.undo())
  }

  redo(): string | null {
    return this.#turn(() => this.#log.redo())
  }

  #turn(turn: () => { label: string; changes: readonly RowChange[] } | undefined): string | null {
    return this.#db
      .transaction(() => {
        const turned = turn()
        if (turned) this.#count(this.#labelsIn(turned.changes))
        return turned?.label ?? null
      })
      .immediate()
  }

  #apply(label: string, changes: readonly RowChange[], now: number): void {
    if (changes.length === 0) return
    this.#db
      .transaction(() => {
        this.#log.apply(label, changes, now)
        this.#count(this.#labelsIn(changes))
      })
      .immediate()
  }

  #count(labels: number): void {
    this.#settings.set('albumRevision', this.revision + 1)
    if (labels > 0) this.#settings.set('labelChanges', this.labelChanges + labels)
  }

  /** Labels that the changes give, take back, or let be learned from or not. */
  #labelsIn(changes: readonly RowChange[]): number {
    return changes.reduce((sum, { table, before, after }) => {
      if (table !== 'album') return sum + 1
      const turned = before && after && before.teaches !== after.teaches
      return sum + (turned ? this.#rowsOf.all(Number(after.id)).length : 0)
    }, 0)
  }

  /** What it takes for a verdict to stand; photos of which it was said before are left out. */
  #said(album: AlbumId, photos: readonly PhotoId[], verdict: Verdict, now: number): RowChange[] {
    this.#requirePhotos(photos)
    let position = this.#lastPosition.get(album) ?? -1
    return [...new Set(photos)].flatMap((photo): RowChange[] => {
      const before = this.#membership.get(album, photo) ?? null
      if (before?.verdict === verdict) return []
      const after = { album_id: album, photo_id: photo, verdict, position: ++position, said_at: now }
      return [{ table: 'album_photo', before, after }]
    })
  }

  #requirePhotos(photos: readonly PhotoId[]): void {
    for (const photo of photos)
      if (this.#photoExists.get(photo) === undefined)
        throw new KindredError('photo-not-found', `There is no photo ${photo} in this library.`)
  }

  #idsByName(): Map<string, AlbumId> {
    return new Map(this.#names.all().map(({ id, name }) => [foldName(name), id]))
  }

  #row(album: number): Row {
    const row = this.#byId.get(album)
    if (!row) throw new KindredError('album-not-found', 'This album is no longer there.')
    return row
  }

  /** Never an id that was used before, not even by an album that was deleted. */
  #nextId(): number {
    const used = this.#db
      .prepare<[], number>(`SELECT seq FROM sqlite_sequence WHERE name = 'album'`)
      .pluck()
      .get()
    return (used ?? 0) + 1
  }

  /** Behind all others. */
  #nextPosition(): number {
    const last = this.#db.prepare<[], number | null>('SELECT max(position) FROM album').pluck().get()
    return (last ?? -1) + 1
  }
}

/** Names that differ in nothing but case, or in spaces around them, are of one album. */
function mergeByName(wanted: readonly WantedAlbum[]): WantedAlbum[] {
  const merged = new Map<string, WantedAlbum>()
  for (const album of wanted) {
    const name = requireName(album.name)
    const key = foldName(name)
    const same = merged.get(key)
    if (same && !album.extend) throw new KindredError('album-exists', `There are two albums “${name}”.`)
    merged.set(key, same ? { ...same, photos: [...same.photos, ...album.photos] } : { ...album, name })
  }
  return [...merged.values()]
}

/** @throws KindredError `bad-argument` */
function requireName(given: string): string {
  const name = given.trim().normalize()
  if (name === '') throw new KindredError('bad-argument', 'An album needs a name.')
  if (name.length > NAME_LENGTH)
    throw new KindredError('bad-argument', `The name of an album has ${NAME_LENGTH} characters at most.`)
  return name
}

/** What is the same for names that a person would take for one; SQLite's NOCASE knows the letters A to Z only. */
const foldName = (name: string): string => name.trim().normalize().toLowerCase()

const countOf = (photos: number): string => (photos === 1 ? '1 photo' : `${photos} photos`)
