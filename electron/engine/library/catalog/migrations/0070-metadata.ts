import type { Migration } from './index.ts'

/**
 * What is known about photos beside their pixels, by the reader that found it, and dates of files for photos that have
 * none of their own. Photos of earlier catalogs have no row yet: they are read again in the background.
 */
export const metadata: Migration = {
  version: 70,
  up: `
    -- JSON (rows.ts, PhotoMetadata): what the file itself says, what the thorough reader found beside that, and what a
    -- sidecar says. Versions are those of the readers.
    CREATE TABLE metadata (
      photo_id         INTEGER PRIMARY KEY REFERENCES photo (id) ON DELETE CASCADE,
      embedded         TEXT NOT NULL CHECK (json_valid(embedded)),
      embedded_version INTEGER NOT NULL,
      thorough         TEXT CHECK (json_valid(thorough)),
      thorough_version INTEGER,
      sidecar          TEXT CHECK (json_valid(sidecar))
    ) STRICT;

    -- How much of taken_at was written; NULL for photos of earlier catalogs, which had whole dates only.
    ALTER TABLE photo ADD COLUMN taken_precision TEXT;

    -- Milliseconds of the wall clock as if it were UTC.
    ALTER TABLE file ADD COLUMN dated_ms INTEGER;
    ALTER TABLE file ADD COLUMN dated_from TEXT;
    ALTER TABLE file ADD COLUMN dated_precision TEXT;
    CREATE INDEX file_undated ON file (id) WHERE dated_ms IS NULL AND state IN ('present', 'missing');
  `,
}
