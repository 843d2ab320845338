import type { Migration } from './index.ts'

/** What people say is also kept beside the catalog, in a journal that restores it (library/journal). */
export const whatPeopleSaid: Migration = {
  version: 40,
  up: `
    -- What was said and is not in the journal yet: JSON, see catalog/said.ts.
    CREATE TABLE outbox (
      id    INTEGER PRIMARY KEY,
      entry TEXT NOT NULL
    ) STRICT;

    -- Labels of photos that this catalog does not know yet: rows of catalog/said.ts as JSON.
    CREATE TABLE awaited (
      id           INTEGER PRIMARY KEY,
      content_hash BLOB NOT NULL,
      path         BLOB,
      row          TEXT NOT NULL
    ) STRICT;
    CREATE INDEX awaited_by_content ON awaited (content_hash);
    CREATE INDEX awaited_by_path ON awaited (path);

    -- A photo that stands where another stood: its edited version or a different photo, which shows when an import ends.
    CREATE TABLE replaced (
      before_id INTEGER NOT NULL REFERENCES photo (id) ON DELETE CASCADE,
      after_id  INTEGER NOT NULL REFERENCES photo (id) ON DELETE CASCADE,
      -- Whether its content was new.
      is_new    INTEGER NOT NULL CHECK (is_new IN (0, 1)),
      PRIMARY KEY (before_id, after_id)
    ) STRICT, WITHOUT ROWID;
  `,
}
