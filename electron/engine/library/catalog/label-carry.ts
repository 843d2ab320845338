import type { PhotoId } from '../../../shared/ids.ts'
import type { Database } from './database.ts'
import type { Row, RowChange } from './label-tables.ts'

/** Copies the labels of a photo to another one. */
export class LabelCarry {
  readonly #copies
  readonly #labelsOf
  readonly #pairsOf

  constructor(db: Database) {
    this.#copies = [
      `INSERT OR IGNORE INTO album_photo (album_id, photo_id, verdict, position, said_at)
       SELECT album_id, ?, verdict, position, said_at FROM album_photo WHERE photo_id = ?`,
      `INSERT OR IGNORE INTO not_like (anchor_id, negative_id, said_at)
       SELECT ?, negative_id, said_at FROM not_like WHERE anchor_id = ?`,
      `INSERT OR IGNORE INTO not_like (anchor_id, negative_id, said_at)
       SELECT anchor_id, ?, said_at FROM not_like WHERE negative_id = ?`,
    ].map(sql => db.prepare<[PhotoId, PhotoId]>(sql))
    this.#labelsOf = db.prepare<[PhotoId], Row>('SELECT * FROM album_photo WHERE photo_id = ?')
    this.#pairsOf = db.prepare<[PhotoId, PhotoId], Row>(
      'SELECT * FROM not_like WHERE anchor_id = ? OR negative_id = ?',
    )
  }

  /** Returns the labels that the second photo did not have. */
  copy(before: PhotoId, after: PhotoId): RowChange[] {
    const known = new Set(this.#labels(after).map(textOf))
    for (const copy of this.#copies) copy.run(after, before)
    return this.#labels(after).filter(label => !known.has(textOf(label)))
  }

  #labels(photo: PhotoId): RowChange[] {
    const labels = this.#labelsOf.all(photo)
    const pairs = this.#pairsOf.all(photo, photo)
    return [
      ...labels.map(after => ({ table: 'album_photo' as const, before: null, after })),
      ...pairs.map(after => ({ table: 'not_like' as const, before: null, after })),
    ]
  }
}

const textOf = ({ table, after }: RowChange): string => JSON.stringify([table, after])
