import type { PhotoId } from '../../../shared/ids.ts'
import { clockMillis } from '../clock-millis.ts'
import type { PhotoMetadata } from '../rows.ts'
import type { Database } from './database.ts'

/** Of which of the photo's parts something was read. */
export type MetadataSource = 'embedded' | 'thorough' | 'sidecar'

/** SQL: a file of the photo is there. */
const isPresent = `EXISTS (SELECT 1 FROM file WHERE file.photo_id = photo.id AND state = 'present')`

/** The metadata of photos: each source on its own, so that one can be read again without the others. */
export class MetadataStore {
  readonly #of
  readonly #put
  readonly #putSidecar
  readonly #putThorough
  readonly #outdated
  readonly #lacking
  readonly #setComplete
  readonly #setColumns
  readonly #takenAt

  constructor(db: Database) {
    this.#of = db.prepare<[PhotoId], Record<MetadataSource, string | null> & { readonly version: number }>(
      `SELECT embedded, thorough, sidecar, embedded_version AS version FROM metadata WHERE photo_id = ?`,
    )
    this.#put = db.prepare<[PhotoId, string, number]>(
      `INSERT INTO metadata (photo_id, embedded, embedded_version) VALUES (?, ?, ?)
       ON CONFLICT (photo_id) DO UPDATE SET embedded = excluded.embedded, embedded_version = excluded.embedded_version`,
    )
    this.#putSidecar = db.prepare<[PhotoId, string | null]>(
      // Version 0: the file itself has still to be read.
      `INSERT INTO metadata (photo_id, embedded, embedded_version, sidecar) VALUES (?, '{}', 0, ?)
       ON CONFLICT (photo_id) DO UPDATE SET sidecar = excluded.sidecar`,
    )
    this.#putThorough = db.prepare<[string, number, PhotoId]>(
      `UPDATE metadata SET thorough = ?, thorough_version = ? WHERE photo_id = ?`,
    )
    this.#outdated = db
      .prepare<[number, number], PhotoId>(
        `SELECT photo.id FROM metadata JOIN photo ON photo.id = photo_id
         WHERE embedded_version < ? AND ${isPresent} LIMIT ?`,
      )
      .pluck()
    this.#lacking = db
      .prepare<[number, number], PhotoId>(
        `SELECT photo.id FROM metadata JOIN photo ON photo.id = photo_id
         WHERE is_complete = 0 AND coalesce(thorough_version, 0) < ? AND ${isPresent} LIMIT ?`,
      )
      .pluck()
    this.#takenAt = db.prepare<[PhotoId], number | null>('SELECT taken_at FROM photo WHERE id = ?').pluck()
    this.#setComplete = db.prepare<[0 | 1, PhotoId]>(`UPDATE metadata SET is_complete = ? WHERE photo_id = ?`)
    this.#setColumns = db.prepare<Record<string, unknown>>(
      `UPDATE photo SET taken_at = @takenAt, taken_precision = @precision, camera = @camera, latitude = @latitude,
              longitude = @longitude, has_film = @hasFilm
       WHERE id = @photo`,
    )
  }

  /** Keeps what a photo's own file says. Only within a transaction, together with the photo's row. */
  putEmbedded(photo: PhotoId, metadata: PhotoMetadata, version: number): void {
    this.#put.run(photo, JSON.stringify(metadata), version)
    this.#refreshColumns(photo)
  }

  /** Keeps what the thorough reader found. Only within a transaction. */
  putThorough(photo: PhotoId, metadata: PhotoMetadata, version: number): void {
    this.#putThorough.run(JSON.stringify(metadata), version, photo)
    this.#refreshColumns(photo)
  }

  /** Photos that can be reached and whose own metadata no reader of this version has read. */
  outdated(version: number, most = -1): PhotoId[] {
    return this.#outdated.all(version, most)
  }

  /** Photos that can be reached and lack date, lens or place, and that no thorough reader of this version has read. */
  lacking(version: number, most = -1): PhotoId[] {
    return this.#lacking.all(version, most)
  }

  /**
   * Keeps what a sidecar says of a photo; null where it has none any more. Only within a transaction.
   * @returns whether the photo has another date now
   */
  putSidecar(photo: PhotoId, metadata: PhotoMetadata | null): boolean {
    const before = this.#takenAt.get(photo)
    this.#putSidecar.run(photo, metadata && JSON.stringify(metadata))
    this.#refreshColumns(photo)
    return this.#takenAt.get(photo) !== before
  }

  /** All that is known of a photo; undefined where it was never read. */
  of(photo: PhotoId): PhotoMetadata | undefined {
    const row = this.#of.get(photo)
    return row && mergeMetadata(parsed(row.embedded), parsed(row.thorough), parsed(row.sidecar))
  }

  /** Photos are sorted and filtered by columns of their own. Those of an earlier catalog stay until the file is read. */
  #refreshColumns(photo: PhotoId): void {
    if (this.#of.get(photo)?.version === 0) return
    const metadata = this.of(photo) ?? {}
    const { taken, camera = null, latitude = null, longitude = null, film } = metadata
    const takenAt = taken ? clockMillis(taken) : null
    const precision = taken?.precision ?? null
    const hasFilm = film ? 1 : 0
    this.#setColumns.run({ photo, takenAt, precision, camera, latitude, longitude, hasFilm })
    this.#setComplete.run(takenAt !== null && latitude !== null && metadata.lens !== undefined ? 1 : 0, photo)
  }
}

/** What a person wrote beside the file counts more than what is in it, and that more than what the thorough reader adds. */
export const mergeMetadata = (
  embedded: PhotoMetadata,
  thorough: PhotoMetadata,
  sidecar: PhotoMetadata,
): PhotoMetadata => ({ ...thorough, ...embedded, ...sidecar })

function parsed(json: string | null): PhotoMetadata {
  return json === null ? {} : (JSON.parse(json) as PhotoMetadata)
}
