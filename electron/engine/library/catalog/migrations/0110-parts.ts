import type { Migration } from './index.ts'

/**
 * Files that belong to another photo: the RAW file beside a JPEG, the film of a Live Photo, the original of an edited
 * version. Files of earlier catalogs have no pair key yet: it is computed in the background.
 */
export const parts: Migration = {
  version: 110,
  up: `
    -- The same for all files of one folder and stem (pair-key.ts).
    ALTER TABLE file ADD COLUMN pair_key INTEGER;
    CREATE INDEX file_by_pair_key ON file (pair_key) WHERE pair_key IS NOT NULL;
    CREATE INDEX file_unpaired ON file (id) WHERE pair_key IS NULL AND state IN ('present', 'missing');

    -- The photo that this file is a part of, and as what.
    ALTER TABLE file ADD COLUMN part_of INTEGER REFERENCES photo (id) ON DELETE SET NULL;
    ALTER TABLE file ADD COLUMN part_role TEXT CHECK (part_role IN ('raw', 'video', 'original'));
    CREATE INDEX file_part ON file (part_of, part_role, state) WHERE part_of IS NOT NULL;

    -- Photos are counted by the index alone, without their parts.
    DROP INDEX file_by_photo;
    CREATE INDEX file_by_photo ON file (photo_id, state, part_of) WHERE photo_id IS NOT NULL;
  `,
}
