import type { PhotoId } from '../../../shared/ids.ts'
import { clockMillis } from '../clock-millis.ts'
import type { PhotoMetadata } from '../rows.ts'
import type { Database } from './database.ts'

/** Of which of the photo's parts something was read. */
export type MetadataSource = 'embedded' | 'thorough' | 'sidecar'

/** The metadata of photos: each source on its own, so that one can be read again without the others. */
export class MetadataStore {
  readonly #of
  readonly #put
  readonly #setColumns

  constructor(db: Database) {
    this.#of = db.prepare<[PhotoId], Record<MetadataSource, string | null>>(
      `SELECT embedded, thorough, sidecar FROM metadata WHERE photo_id = ?`,
    )
    this.#put = db.prepare<[PhotoId, string, number]>(
      `INSERT INTO metadata (photo_id, embedded, embedded_version) VALUES (?, ?, ?)
       ON CONFLICT (photo_id) DO UPDATE SET embedded = excluded.embedded, embedded_version = excluded.embedded_version`,
    )
    this.#setColumns = db.prepare<Record<string, unknown>>(
      `UPDATE photo SET taken_at = @takenAt, taken_precision = @precision, camera = @camera, latitude = @latitude,
              longitude = @longitude
       WHERE id = @photo`,
    )
  }

  /** Keeps what a photo's own file says. Only within a transaction, together with the photo's row. */
  putEmbedded(photo: PhotoId, metadata: PhotoMetadata, version: number): void {
    this.#put.run(photo, JSON.stringify(metadata), version)
    this.#refreshColumns(photo)
  }

  /** All that is known of a photo; undefined where it was never read. */
  of(photo: PhotoId): PhotoMetadata | undefined {
    const row = this.#of.get(photo)
    return row && mergeMetadata(parsed(row.embedded), parsed(row.thorough), parsed(row.sidecar))
  }

  /** Photos are sorted and filtered by columns of their own. */
  #refreshColumns(photo: PhotoId): void {
    const { taken, camera = null, latitude = null, longitude = null } = this.of(photo) ?? {}
    const takenAt = taken ? clockMillis(taken) : null
    const precision = taken?.precision ?? null
    this.#setColumns.run({ photo, takenAt, precision, camera, latitude, longitude })
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
