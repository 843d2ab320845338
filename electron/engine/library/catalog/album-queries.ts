import { KindredError } from '../../../shared/errors.ts'
import type { AlbumId, PhotoId } from '../../../shared/ids.ts'
import type { AlbumLabels } from '../rows.ts'
import { AlbumCounts, isPresent, type AlbumCount } from './album-counts.ts'
import { foldName } from './album-names.ts'
import type { Database } from './database.ts'
import type { Row } from './label-tables.ts'
import type { Settings } from './settings.ts'

export interface AlbumRow extends AlbumCount {
  readonly id: AlbumId
  readonly name: string
  readonly usedForTraining: boolean
}

/** A photo belongs to an album, or it does not. */
export type Label = 'member' | 'refused'

interface StoredAlbum {
  readonly id: AlbumId
  readonly name: string
  readonly teaches: 0 | 1
}

/** Reads albums and the labels of photos. What changes them is in album-commands.ts. */
export class AlbumQueries {
  readonly #settings: Settings
  readonly #counts: AlbumCounts
  readonly #inOrder
  readonly #byId
  readonly #allById
  readonly #photosOf
  readonly #membersOf
  readonly #albumsOf
  readonly #isInAlbum
  readonly #isLabelled
  readonly #isSpokenOf
  readonly #refusedIn
  readonly #labels
  readonly #notLike
  readonly #notLikeOf

  constructor(db: Database, settings: Settings) {
    this.#settings = settings
    this.#counts = new AlbumCounts(db)
    this.#inOrder = db.prepare<[], StoredAlbum>('SELECT id, name, teaches FROM album ORDER BY position, id')
    this.#allById = db.prepare<[], StoredAlbum>('SELECT id, name, teaches FROM album ORDER BY id')
    this.#byId = db.prepare<[number], Row>('SELECT * FROM album WHERE id = ?')
    this.#photosOf = db
      .prepare<[number], PhotoId>(
        `SELECT photo_id FROM album_photo WHERE album_id = ? AND verdict = 'member' AND ${isPresent}
         ORDER BY position, photo_id`,
      )
      .pluck()
    this.#membersOf = db
      .prepare<[number], PhotoId>(
        `SELECT photo_id FROM album_photo WHERE album_id = ? AND verdict = 'member' ORDER BY photo_id`,
      )
      .pluck()
    this.#albumsOf = db
      .prepare<[number], AlbumId>(
        `SELECT album_id FROM album_photo WHERE photo_id = ? AND verdict = 'member' ORDER BY album_id`,
      )
      .pluck()
    this.#isInAlbum = db
      .prepare<[number], number>(
        `SELECT 1 FROM album_photo WHERE photo_id = ? AND verdict = 'member' LIMIT 1`,
      )
      .pluck()
    this.#isLabelled = db
      .prepare<[number], number>('SELECT 1 FROM album_photo WHERE photo_id = ? LIMIT 1')
      .pluck()
    this.#isSpokenOf = db
      .prepare<[number, number, number], number>(
        `SELECT EXISTS (SELECT 1 FROM album_photo WHERE photo_id = ?)
             OR EXISTS (SELECT 1 FROM not_like WHERE anchor_id = ?)
             OR EXISTS (SELECT 1 FROM not_like WHERE negative_id = ?)`,
      )
      .pluck()
    this.#refusedIn = db
      .prepare<[number], PhotoId>(
        `SELECT photo_id FROM album_photo WHERE album_id = ? AND verdict = 'refused' ORDER BY photo_id`,
      )
      .pluck()
    this.#labels = db.prepare<[], { albumId: AlbumId; photoId: PhotoId; label: Label }>(
      `SELECT album_id AS albumId, photo_id AS photoId, verdict AS label
       FROM album_photo ORDER BY album_id, photo_id`,
    )
    this.#notLike = db.prepare<[], { anchor: PhotoId; negative: PhotoId }>(
      'SELECT anchor_id AS anchor, negative_id AS negative FROM not_like ORDER BY anchor_id, negative_id',
    )
    this.#notLikeOf = db
      .prepare<[number], PhotoId>('SELECT negative_id FROM not_like WHERE anchor_id = ? ORDER BY negative_id')
      .pluck()
  }

  /** All albums, in the order in which they are shown. */
  list(): AlbumRow[] {
    this.#counts.refresh()
    return this.#inOrder
      .all()
      .map(({ id, name, teaches }) => ({ id, name, usedForTraining: teaches === 1, ...this.#counts.of(id) }))
  }

  /** Ids of all albums, in the same order. */
  ids(): AlbumId[] {
    return this.#inOrder.all().map(({ id }) => id)
  }

  /** @throws KindredError `album-not-found` */
  idOf(name: string): AlbumId {
    const id = this.idsByName().get(foldName(name))
    if (id === undefined) throw new KindredError('album-not-found', `There is no album “${name}”.`)
    return id
  }

  /** The album of each folded name (album-names.ts). */
  idsByName(): Map<string, AlbumId> {
    return new Map(this.#allById.all().map(({ id, name }) => [foldName(name), id]))
  }

  /** @throws KindredError `album-not-found` */
  nameOf(album: number): string {
    return String(this.row(album).name)
  }

  /**
   * The album's row as it is stored.
   * @throws KindredError `album-not-found`
   */
  row(album: number): Row {
    const row = this.#byId.get(album)
    if (!row) throw new KindredError('album-not-found', 'This album is no longer there.')
    return row
  }

  /** Its photos that can be reached, in the order in which they were added. */
  photosOf(album: number): PhotoId[] {
    this.row(album)
    return this.#photosOf.all(album)
  }

  /** All its photos, whether they can be reached or not, by their ids. */
  membersOf(album: number): PhotoId[] {
    this.row(album)
    return this.#membersOf.all(album)
  }

  /** Whether the photo is in any album. */
  isInAlbum(photo: PhotoId): boolean {
    return this.#isInAlbum.get(photo) !== undefined
  }

  /** Whether the photo has a label for any album, member or refused. */
  isLabelled(photo: PhotoId): boolean {
    return this.#isLabelled.get(photo) !== undefined
  }

  /** Whether the photo occurs in anything that was said. */
  isSpokenOf(photo: PhotoId): boolean {
    return this.#isSpokenOf.get(photo, photo, photo) === 1
  }

  /** The albums that the photo is in. */
  albumsOf(photo: PhotoId): AlbumId[] {
    return this.#albumsOf.all(photo)
  }

  /** Photos that were refused for the album. */
  refusedIn(album: number): PhotoId[] {
    return this.#refusedIn.all(album)
  }

  /** Photos that must not be found for this one. */
  notLikeOf(anchor: PhotoId): PhotoId[] {
    return this.#notLikeOf.all(anchor)
  }

  /** All labels, in a fixed order: the input of training. */
  labels(): AlbumLabels {
    const labels = this.#labels.all()
    return {
      albums: this.#allById
        .all()
        .map(({ id, name, teaches }) => ({ id, name, usedForTraining: teaches === 1 })),
      members: labels.filter(({ label }) => label === 'member'),
      refused: labels.filter(({ label }) => label === 'refused'),
      notLike: this.#notLike.all(),
    }
  }

  /** Goes up with every change to albums or labels. */
  get revision(): number {
    return this.#settings.number('albumRevision') ?? 0
  }

  /** Labels given or taken back since the last training. */
  get labelChanges(): number {
    return this.#settings.number('labelChanges') ?? 0
  }
}
