import type { Migration } from './index.ts'

/**
 * The first catalog. Ids of photos are never used twice (AUTOINCREMENT): the index file outside the database names
 * photos by them. Paths are the file system's own bytes.
 */
export const firstCatalog: Migration = {
  version: 10,
  up: `
    CREATE TABLE setting (
      key   TEXT PRIMARY KEY,
      value ANY NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE root (
      id       INTEGER PRIMARY KEY,
      path     BLOB NOT NULL UNIQUE,
      added_at INTEGER NOT NULL
    ) STRICT;

    -- A photo is its content, wherever it lies.
    CREATE TABLE photo (
      id            INTEGER PRIMARY KEY AUTOINCREMENT,
      content_hash  BLOB NOT NULL UNIQUE CHECK (length(content_hash) = 32),
      bytes         INTEGER NOT NULL,
      format        TEXT NOT NULL,
      width         INTEGER NOT NULL CHECK (width > 0),
      height        INTEGER NOT NULL CHECK (height > 0),
      average_color INTEGER NOT NULL,
      taken_at      INTEGER,
      camera        TEXT,
      latitude      REAL,
      longitude     REAL,
      pipeline      INTEGER NOT NULL,
      added_at      INTEGER NOT NULL,
      edited_from   INTEGER REFERENCES photo (id) ON DELETE SET NULL
    ) STRICT;

    CREATE INDEX photo_by_original ON photo (edited_from) WHERE edited_from IS NOT NULL;

    -- Each path seen, and what was found there.
    CREATE TABLE file (
      id              INTEGER PRIMARY KEY,
      path            BLOB NOT NULL UNIQUE,
      state           TEXT NOT NULL CHECK (state IN ('present', 'missing', 'failed', 'ignored')),
      photo_id        INTEGER REFERENCES photo (id) ON DELETE CASCADE,
      size            INTEGER NOT NULL,
      modified_ms     REAL NOT NULL,
      changed_ms      REAL NOT NULL,
      pipeline        INTEGER NOT NULL,
      failures        INTEGER NOT NULL DEFAULT 0,
      failure_code    TEXT,
      failure_message TEXT,
      CHECK ((state IN ('present', 'missing')) = (photo_id IS NOT NULL)),
      CHECK ((state = 'failed') = (failure_code IS NOT NULL))
    ) STRICT;
    CREATE INDEX file_by_photo ON file (photo_id, state) WHERE photo_id IS NOT NULL;
    CREATE INDEX file_failed ON file (path) WHERE state = 'failed';

    CREATE TABLE backbone (
      id       INTEGER PRIMARY KEY,
      name     TEXT NOT NULL,
      sha256   TEXT NOT NULL UNIQUE,
      card     TEXT NOT NULL,
      added_at INTEGER NOT NULL
    ) STRICT;

    -- Turns a backbone's features into the embedding that is searched. NULL parameters: features as they are.
    CREATE TABLE head (
      id          INTEGER PRIMARY KEY,
      backbone_id INTEGER NOT NULL REFERENCES backbone (id) ON DELETE CASCADE,
      name        TEXT NOT NULL,
      dimension   INTEGER NOT NULL CHECK (dimension > 0),
      parameters  BLOB,
      added_at    INTEGER NOT NULL,
      UNIQUE (backbone_id, name)
    ) STRICT;

    -- What the backbone saw: float16, little-endian.
    CREATE TABLE features (
      id          INTEGER PRIMARY KEY,
      backbone_id INTEGER NOT NULL REFERENCES backbone (id) ON DELETE CASCADE,
      photo_id    INTEGER NOT NULL REFERENCES photo (id) ON DELETE CASCADE,
      pipeline    INTEGER NOT NULL,
      vector      BLOB NOT NULL,
      UNIQUE (backbone_id, photo_id)
    ) STRICT;
    CREATE INDEX features_by_photo ON features (photo_id);

    CREATE TABLE job (
      id         INTEGER PRIMARY KEY AUTOINCREMENT,
      kind       TEXT NOT NULL,
      parameters TEXT NOT NULL,
      state      TEXT NOT NULL CHECK (state IN ('running', 'done', 'failed', 'cancelled', 'interrupted')),
      phase      TEXT NOT NULL DEFAULT '',
      done       INTEGER NOT NULL DEFAULT 0,
      total      INTEGER,
      attempts   INTEGER NOT NULL DEFAULT 1,
      error      TEXT,
      result     TEXT,
      created_at INTEGER NOT NULL,
      updated_at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX job_by_state ON job (state, kind);

    -- Counts the changes to the set of photos that can be searched; the index file names the count it was made at.
    INSERT INTO setting (key, value) VALUES ('generation', 0);
  `,
}
