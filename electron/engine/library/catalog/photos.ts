import type { Damage, DamageKind } from '../../../shared/damage.ts'
import type { PhotoId } from '../../../shared/ids.ts'
import { pathFromBytes, type FilePath } from '../paths.ts'
import { METADATA_VERSION } from '../pipeline-version.ts'
import type { FileDate, PhotoMetadata, PhotoTraits, StandIn } from '../rows.ts'
import type { Database } from './database.ts'
import { showsPhoto } from './files.ts'
import { partBits, Parts } from './parts.ts'
import { MetadataStore } from './photo-metadata.ts'

/** The grid's columns, one value for each photo. */
export interface PhotoColumns {
  readonly ids: number[]
  readonly aspects: number[]
  readonly colors: number[]
  readonly dates: number[]
  /** Seconds of a video; 0 for a photo, -1 for a video that does not say it. */
  readonly durations: number[]
  /** Ids of those that are damaged: few, if any. */
  readonly damaged: number[]
  /** The roles of its parts, as bits (parts.ts). */
  readonly parts: number[]
}

/** A damaged photo that can be reached. */
export interface DamagedPhoto {
  readonly id: PhotoId
  readonly path: FilePath
  readonly damage: Damage
}

/** All that is known of a photo itself. */
export interface PhotoFacts extends PhotoRow {
  readonly bytes: number
  /** Seconds of a video, -1 where it does not say it; null for a photo. */
  readonly duration: number | null
  /** What of it is missing; null for a whole one. */
  readonly damage: Damage | null
  readonly addedAt: number
  /** Of the file, for a photo without a date of its own; absent where no file is known. */
  readonly fileDate: FileDate | undefined
  readonly metadata: PhotoMetadata
}

export interface PhotoRow {
  readonly id: PhotoId
  readonly contentHash: Buffer
  readonly format: string
  readonly width: number
  readonly height: number
  readonly pipeline: number
  /** Why its picture is drawn, so that nothing in it can be compared; null for most. */
  readonly standIn: StandIn | null
}

/** A photo, and the one that took its place at a path. */
export interface ReplacedPhoto {
  readonly before: PhotoId
  readonly after: PhotoId
  /** Whether its content was new to the library. */
  readonly isNew: boolean
}

/** SQL: files with the most trusted date first, among equals the oldest. Files of earlier catalogs have their time only. */
const byTrust = `
  ORDER BY dated_from = 'file name' DESC, dated_from = 'folder name' DESC, coalesce(dated_ms, modified_ms) LIMIT 1`

/** SQL: the moment at which the photo of this row was taken, or else the date of one of its files. */
export const dateOf = (photo: string): string =>
  `CAST(coalesce(${photo}.taken_at, (SELECT coalesce(dated_ms, modified_ms) FROM file
                                     WHERE photo_id = ${photo}.id AND state = 'present' ${byTrust})) AS INTEGER)`

/**
 * SQL: the photos that can be reached, each with its date. In the order of the index, reading files only for photos without a date: half the time of a join.
 */
const dated = `
  SELECT photo.*, ${dateOf('photo')} AS date
  FROM (SELECT DISTINCT photo_id FROM file WHERE photo_id IS NOT NULL AND ${showsPhoto}) AS here
       CROSS JOIN photo ON photo.id = here.photo_id`

const columns = `id, content_hash AS contentHash, format, width, height, pipeline, stand_in AS standIn`

interface StoredDamage {
  readonly damageKind: DamageKind | null
  readonly damageShare: number | null
}

const damageOf = ({ damageKind, damageShare }: StoredDamage): Damage | null =>
  damageKind && { kind: damageKind, share: damageShare ?? 0 }

/** Photos: one row for each content, wherever its files are. */
export class Photos {
  readonly #byHash
  readonly #byId
  readonly #insert
  readonly #refresh
  readonly #setEditedFrom
  readonly #noteReplaced
  readonly #replaced
  readonly #forgetReplaced
  readonly #countPresent
  readonly #all
  readonly #facts
  readonly #fileDate
  readonly #metadata
  readonly #parts
  readonly #grid
  readonly #damaged
  readonly #countDamaged

  constructor(db: Database) {
    this.#byHash = db.prepare<[Buffer], PhotoRow>(`SELECT ${columns} FROM photo WHERE content_hash = ?`)
    this.#byId = db.prepare<[PhotoId], PhotoRow>(`SELECT ${columns} FROM photo WHERE id = ?`)
    this.#insert = db.prepare<Record<string, unknown>>(
      `INSERT INTO photo (content_hash, bytes, format, width, height, average_color, pipeline, perceptual_hash,
                          duration_seconds, stand_in, damage, damage_share, added_at)
       VALUES (@contentHash, @bytes, @format, @width, @height, @averageColor, @pipeline, @perceptualHash,
               @duration, @standIn, @damage, @damageShare, @now)`,
    )
    this.#refresh = db.prepare<Record<string, unknown>>(
      `UPDATE photo SET format = @format, width = @width, height = @height, average_color = @averageColor,
              pipeline = @pipeline, perceptual_hash = @perceptualHash, duration_seconds = @duration,
              stand_in = @standIn, damage = @damage, damage_share = @damageShare
       WHERE content_hash = @contentHash`,
    )
    this.#setEditedFrom = db.prepare<[PhotoId, PhotoId]>(
      `UPDATE photo SET edited_from = ? WHERE id = ? AND edited_from IS NULL`,
    )
    this.#noteReplaced = db.prepare<[PhotoId, PhotoId, 0 | 1]>(
      `INSERT OR IGNORE INTO replaced (before_id, after_id, is_new) VALUES (?, ?, ?)`,
    )
    this.#replaced = db.prepare<[], Omit<ReplacedPhoto, 'isNew'> & { readonly isNew: 0 | 1 }>(
      `SELECT before_id AS before, after_id AS after, is_new AS isNew FROM replaced ORDER BY before_id, after_id`,
    )
    this.#forgetReplaced = db.prepare('DELETE FROM replaced')
    this.#countPresent = db
      .prepare<[], number>(
        // The index alone suffices, six times as fast as a look-up of a file for each photo.
        `SELECT count(DISTINCT photo_id) FROM file WHERE photo_id IS NOT NULL AND ${showsPhoto}`,
      )
      .pluck()
    this.#metadata = new MetadataStore(db)
    this.#parts = new Parts(db)
    this.#facts = db.prepare<[PhotoId], Omit<PhotoFacts, 'fileDate' | 'metadata' | 'damage'> & StoredDamage>(
      `SELECT ${columns}, bytes, duration_seconds AS duration, damage AS damageKind, damage_share AS damageShare,
              added_at AS addedAt
       FROM photo WHERE id = ?`,
    )
    // In this order: damaged photos are few, files are many.
    this.#damaged = db.prepare<[], StoredDamage & { readonly id: PhotoId; readonly path: Buffer }>(
      `SELECT photo.id, path, damage AS damageKind, damage_share AS damageShare
       FROM photo CROSS JOIN file ON photo_id = photo.id AND state = 'present' WHERE damage IS NOT NULL ORDER BY path`,
    )
    this.#countDamaged = db
      .prepare<[], number>(
        `SELECT count(*) FROM photo
         WHERE damage IS NOT NULL AND EXISTS (SELECT 1 FROM file WHERE photo_id = photo.id AND state = 'present')`,
      )
      .pluck()
    this.#fileDate = db.prepare<[PhotoId], FileDate>(
      `SELECT coalesce(dated_ms, CAST(modified_ms AS INTEGER)) AS millis, coalesce(dated_from, 'file time') AS "from",
              coalesce(dated_precision, 'second') AS precision
       FROM file WHERE photo_id = ? AND state IN ('present', 'missing')
       ${byTrust.replace('ORDER BY', "ORDER BY state = 'present' DESC,")}`,
    )
    this.#grid = db
      .prepare<[], [number, number, number, number, number, 0 | 1]>(
        `SELECT id, CAST(width AS REAL) / height, average_color, date, coalesce(duration_seconds, 0), has_film
         FROM (${dated}) ORDER BY date DESC, id DESC`,
      )
      .raw()
    this.#all = db.prepare<[], PhotoRow>(`SELECT ${columns} FROM photo ORDER BY id`)
  }

  byHash(contentHash: Buffer): PhotoRow | undefined {
    return this.#byHash.get(contentHash)
  }

  byId(id: PhotoId): PhotoRow | undefined {
    return this.#byId.get(id)
  }

  /** Not an iterator: while one is open, SQLite lets nothing else write. */
  all(): PhotoRow[] {
    return this.#all.all()
  }

  facts(id: PhotoId): PhotoFacts | undefined {
    const row = this.#facts.get(id)
    if (!row) return undefined
    const { damageKind, damageShare, ...facts } = row
    return {
      ...facts,
      damage: damageOf({ damageKind, damageShare }),
      fileDate: this.#fileDate.get(id),
      metadata: this.#metadata.of(id) ?? {},
    }
  }

  /** Photos that can be reached, the newest first. */
  grid(): PhotoColumns {
    const list: PhotoColumns = {
      ids: [],
      aspects: [],
      colors: [],
      dates: [],
      durations: [],
      damaged: [],
      parts: [],
    }
    const roles = this.#parts.roles()
    for (const [id, aspect, color, date, duration, hasFilm] of this.#grid.iterate()) {
      list.ids.push(id)
      list.aspects.push(aspect)
      list.colors.push(color)
      list.dates.push(date)
      list.durations.push(duration)
      list.parts.push((roles.get(id as PhotoId) ?? 0) | (hasFilm ? partBits.motion : 0))
    }
    list.damaged.push(...new Set(this.damaged().map(({ id }) => id)))
    return list
  }

  /** Damaged photos at each of their paths, in the order of these. */
  damaged(): DamagedPhoto[] {
    return this.#damaged.all().map(({ id, path, ...stored }) => ({
      id,
      path: pathFromBytes(path),
      damage: damageOf(stored)!,
    }))
  }

  /** Damaged photos of which at least one file is there. */
  countDamaged(): number {
    return this.#countDamaged.get()!
  }

  /** Records a decoded photo, new or decoded again by a later pipeline. */
  record(contentHash: Buffer, bytes: number, photo: PhotoTraits, pipeline: number, now: number): PhotoId {
    const { format, width, height, averageColor, metadata, perceptualHash, video, damage } = photo
    const values = {
      contentHash,
      bytes,
      format,
      width,
      height,
      averageColor,
      pipeline,
      perceptualHash,
      duration: video ? (video.durationSeconds ?? -1) : null,
      standIn: video?.standIn ?? null,
      damage: damage?.kind ?? null,
      damageShare: damage?.share ?? null,
      now,
    }
    const known = this.#byHash.get(contentHash)
    if (known) this.#refresh.run(values)
    const id = known?.id ?? (Number(this.#insert.run(values).lastInsertRowid) as PhotoId)
    this.#metadata.putEmbedded(id, metadata, METADATA_VERSION)
    return id
  }

  /** Records which photo an edit was made from. */
  setEditedFrom(edited: PhotoId, original: PhotoId): void {
    this.#setEditedFrom.run(original, edited)
  }

  /** Notes that a photo stands at a path of another, until an import has seen all and decides what that means. */
  noteReplaced({ before, after, isNew }: ReplacedPhoto): void {
    this.#noteReplaced.run(before, after, isNew ? 1 : 0)
  }

  /** Those that were noted and are not decided. */
  replaced(): ReplacedPhoto[] {
    return this.#replaced.all().map(row => ({ ...row, isNew: row.isNew === 1 }))
  }

  forgetReplaced(): void {
    this.#forgetReplaced.run()
  }

  /** Photos of which at least one file is there; parts of others are not counted. */
  countPresent(): number {
    return this.#countPresent.get()!
  }
}
