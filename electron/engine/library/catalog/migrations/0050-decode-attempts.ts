import type { Migration } from './index.ts'

/** Photos whose decoding may end the program: what was begun and not ended is found at the next start. */
export const decodeAttempts: Migration = {
  version: 50,
  up: `
    CREATE TABLE decode_attempt (
      content_hash BLOB PRIMARY KEY CHECK (length(content_hash) = 32),
      attempts     INTEGER NOT NULL CHECK (attempts > 0)
    ) STRICT, WITHOUT ROWID;
  `,
}
