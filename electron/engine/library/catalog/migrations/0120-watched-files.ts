import type { Migration } from './index.ts'

/** What the comparison of folders with the catalog and the search for lacking metadata have to remember. */
export const watchedFiles: Migration = {
  version: 120,
  up: `
    -- The photo that was at the path until its file could not be read: what is read there next may be its edited version.
    ALTER TABLE file ADD COLUMN held_photo_id INTEGER REFERENCES photo (id) ON DELETE SET NULL;
    CREATE INDEX file_held ON file (held_photo_id) WHERE held_photo_id IS NOT NULL;

    -- Every photo has a row: version 0 means that its file has still to be read.
    INSERT OR IGNORE INTO metadata (photo_id, embedded, embedded_version) SELECT id, '{}', 0 FROM photo;
    -- Whether date, place and lens are known, so that the thorough reader has nothing to add.
    ALTER TABLE metadata ADD COLUMN is_complete INTEGER NOT NULL DEFAULT 0;
    UPDATE metadata SET is_complete = 1
    WHERE embedded ->> 'lens' IS NOT NULL
      AND EXISTS (SELECT 1 FROM photo WHERE id = photo_id AND taken_at IS NOT NULL AND latitude IS NOT NULL);
    -- Each import ends with the question what is left to read.
    CREATE INDEX metadata_by_version ON metadata (embedded_version);
    CREATE INDEX metadata_incomplete ON metadata (coalesce(thorough_version, 0)) WHERE is_complete = 0;
  `,
}
