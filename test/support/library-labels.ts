import { openCatalog } from './library-contents.ts'

/** What a person said about the photos of a library, with content hashes instead of row ids. */
export interface LibraryLabels {
  /** For each album its labels, as "member HASH" and "refused HASH", in the order in which they were given. */
  readonly albums: Readonly<Record<string, readonly string[]>>
  /** Pairs of anchor and photo that are not alike. */
  readonly notLike: readonly string[]
}

/** Reads the labels of a library that no process has open. */
export function readLabels(folder: string): LibraryLabels {
  const db = openCatalog(folder)
  try {
    const names = db.prepare<[], string>('SELECT name FROM album ORDER BY name').pluck().all()
    const labels = db
      .prepare<[string], string>(
        `SELECT l.verdict || ' ' || lower(hex(p.content_hash)) FROM album_photo l
         JOIN album a ON a.id = l.album_id JOIN photo p ON p.id = l.photo_id
         WHERE a.name = ? ORDER BY l.position`,
      )
      .pluck()
    const notLike = db
      .prepare<[], string>(
        `SELECT lower(hex(a.content_hash)) || ' ' || lower(hex(n.content_hash)) AS pair FROM not_like
         JOIN photo a ON a.id = anchor_id JOIN photo n ON n.id = negative_id ORDER BY pair`,
      )
      .pluck()
    return { albums: Object.fromEntries(names.map(name => [name, labels.all(name)])), notLike: notLike.all() }
  } finally {
    db.close()
  }
}
