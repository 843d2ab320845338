import type { Migration } from './index.ts'

/** What is left out of each folder, by patterns and by rules, and the drives that folders lie on. */
export const livingFolders: Migration = {
  version: 80,
  up: `
    -- A JSON list of patterns.
    ALTER TABLE root ADD COLUMN ignore TEXT NOT NULL DEFAULT '[]';

    CREATE TABLE left_out (
      root_id INTEGER NOT NULL REFERENCES root (id) ON DELETE CASCADE,
      reason  TEXT NOT NULL,
      folders INTEGER NOT NULL,
      files   INTEGER NOT NULL,
      -- The path of one of them.
      example BLOB NOT NULL,
      PRIMARY KEY (root_id, reason)
    ) STRICT, WITHOUT ROWID;

    -- Where drives with photos were mounted: an empty folder there is a drive that is away.
    CREATE TABLE mount_point (
      path BLOB PRIMARY KEY
    ) STRICT, WITHOUT ROWID;
  `,
}
