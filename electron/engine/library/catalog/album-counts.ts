import type { AlbumId, PhotoId } from '../../../shared/ids.ts'
import type { Database } from './database.ts'
import { showsPhoto } from './files.ts'

export interface AlbumCount {
  /** Photos of the album that can be reached. */
  readonly photos: number
  /** The first of them. */
  readonly cover: PhotoId | null
}

/** SQL condition: the photo of a row of album_photo can be reached, and is no part of another. */
export const isPresent = `EXISTS (SELECT 1 FROM file WHERE file.photo_id = album_photo.photo_id AND ${showsPhoto})`

/** SQL that notes albums to be counted again. */
const mark = (albums: string): string =>
  `INSERT INTO stale_album SELECT album_id FROM (${albums})
   WHERE true ON CONFLICT (album_id) DO NOTHING;`
const albumsOf = (photo: string): string => `SELECT album_id FROM album_photo WHERE photo_id = ${photo}`

/** Triggers of this connection alone: they note the albums that a change concerns, whoever makes it. */
const triggers = `
  CREATE TEMP TABLE stale_album (album_id INTEGER PRIMARY KEY) STRICT;
  CREATE TEMP TRIGGER album_photo_put AFTER INSERT ON album_photo
    BEGIN ${mark('SELECT new.album_id AS album_id')} END;
  CREATE TEMP TRIGGER album_photo_changed AFTER UPDATE ON album_photo
    BEGIN ${mark('SELECT new.album_id AS album_id')} END;
  CREATE TEMP TRIGGER album_photo_removed AFTER DELETE ON album_photo
    BEGIN ${mark('SELECT old.album_id AS album_id')} END;
  CREATE TEMP TRIGGER file_put AFTER INSERT ON file WHEN new.photo_id IS NOT NULL
    BEGIN ${mark(albumsOf('new.photo_id'))} END;
  CREATE TEMP TRIGGER file_changed AFTER UPDATE ON file
    WHEN old.photo_id IS NOT new.photo_id OR old.state <> new.state OR old.part_of IS NOT new.part_of
    BEGIN ${mark(albumsOf('old.photo_id'))} ${mark(albumsOf('new.photo_id'))} END;
  CREATE TEMP TRIGGER file_removed AFTER DELETE ON file WHEN old.photo_id IS NOT NULL
    BEGIN ${mark(albumsOf('old.photo_id'))} END;
  INSERT INTO stale_album SELECT id FROM album;
`

/**
 * How many photos of each album can be reached. A window asks ten times a second, and counting a million rows takes a
 * third of a second: counts are kept, and only albums that have changed are counted again. Not to be refreshed inside a
 * transaction, which might be rolled back.
 */
export class AlbumCounts {
  readonly #stale
  readonly #settle
  readonly #count
  readonly #cover
  readonly #known = new Map<AlbumId, AlbumCount>()

  constructor(db: Database) {
    db.exec(triggers)
    this.#stale = db.prepare<[], AlbumId>('SELECT album_id FROM stale_album').pluck()
    this.#settle = db.prepare('DELETE FROM stale_album')
    this.#count = db
      .prepare<[AlbumId], number>(
        `SELECT count(*) FROM album_photo WHERE album_id = ? AND verdict = 'member' AND ${isPresent}`,
      )
      .pluck()
    this.#cover = db
      .prepare<[AlbumId], PhotoId>(
        `SELECT photo_id FROM album_photo WHERE album_id = ? AND verdict = 'member' AND ${isPresent}
         ORDER BY position, photo_id LIMIT 1`,
      )
      .pluck()
  }

  /** Brings the counts up to date. */
  refresh(): void {
    const stale = this.#stale.all()
    if (stale.length === 0) return
    for (const album of stale)
      this.#known.set(album, {
        photos: this.#count.get(album) ?? 0,
        cover: this.#cover.get(album) ?? null,
      })
    this.#settle.run()
  }

  /** As of the last refresh. */
  of(album: AlbumId): AlbumCount {
    return this.#known.get(album) ?? { photos: 0, cover: null }
  }
}
