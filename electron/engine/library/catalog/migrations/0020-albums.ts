import type { Migration } from './index.ts'

/**
 * Albums and what is learned from them. Ids of albums are never used twice: the change log refers to albums by their
 * ids, so that an album brought back by undo is the one that was deleted.
 */
export const albums: Migration = {
  version: 20,
  up: `
    CREATE TABLE album (
      id         INTEGER PRIMARY KEY AUTOINCREMENT,
      name       TEXT NOT NULL COLLATE NOCASE UNIQUE,
      position   INTEGER NOT NULL,
      teaches    INTEGER NOT NULL DEFAULT 1 CHECK (teaches IN (0, 1)),
      created_at INTEGER NOT NULL
    ) STRICT;

    -- What the person said of a photo and an album: it belongs there, or a suggestion of it was refused.
    CREATE TABLE album_photo (
      album_id INTEGER NOT NULL REFERENCES album (id) ON DELETE CASCADE,
      photo_id INTEGER NOT NULL REFERENCES photo (id) ON DELETE CASCADE,
      verdict  TEXT NOT NULL CHECK (verdict IN ('member', 'refused')),
      position INTEGER NOT NULL,
      said_at  INTEGER NOT NULL,
      PRIMARY KEY (album_id, photo_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX album_photo_by_photo ON album_photo (photo_id);

    -- "Not like this": of the two, the second must not be found for the first.
    CREATE TABLE not_like (
      anchor_id   INTEGER NOT NULL REFERENCES photo (id) ON DELETE CASCADE,
      negative_id INTEGER NOT NULL REFERENCES photo (id) ON DELETE CASCADE,
      said_at     INTEGER NOT NULL,
      PRIMARY KEY (anchor_id, negative_id),
      CHECK (anchor_id <> negative_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX not_like_by_negative ON not_like (negative_id);

    -- Each change to the three tables above, as the rows before and after it: JSON.
    CREATE TABLE change (
      id     INTEGER PRIMARY KEY AUTOINCREMENT,
      label  TEXT NOT NULL,
      rows   TEXT NOT NULL,
      undone INTEGER NOT NULL DEFAULT 0 CHECK (undone IN (0, 1)),
      at     INTEGER NOT NULL
    ) STRICT;

    -- 64 bits, see media/perceptual-hash.ts; NULL for photos from before it was computed.
    ALTER TABLE photo ADD COLUMN perceptual_hash BLOB;

    -- The fifth of the labels that a photo belongs to, kept for good: fold 0 is held out from all training, so that
    -- every version is measured on photos that none has seen.
    CREATE TABLE label_fold (
      photo_id INTEGER PRIMARY KEY REFERENCES photo (id) ON DELETE CASCADE,
      fold     INTEGER NOT NULL CHECK (fold BETWEEN 0 AND 4)
    ) STRICT;

    -- How a head was trained and judged: JSON, see shared/results.ts.
    CREATE TABLE training (
      head_id    INTEGER PRIMARY KEY REFERENCES head (id) ON DELETE CASCADE,
      accepted   INTEGER NOT NULL CHECK (accepted IN (0, 1)),
      report     TEXT NOT NULL,
      -- Ids of the photos that it was trained on, uint32 little-endian: a fair question is none of them.
      seen       BLOB NOT NULL,
      created_at INTEGER NOT NULL
    ) STRICT;

    -- The state of work that goes on where it was cut off.
    CREATE TABLE checkpoint (
      job_id INTEGER PRIMARY KEY REFERENCES job (id) ON DELETE CASCADE,
      state  BLOB NOT NULL
    ) STRICT;
  `,
}
