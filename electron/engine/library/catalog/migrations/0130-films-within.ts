import type { Migration } from './index.ts'

/**
 * Motion photos are marked in the grid. JPEG, HEIC and AVIF alone may carry a film: the metadata of all others are as a
 * reader of version 2 would read them.
 */
export const filmsWithin: Migration = {
  version: 130,
  up: `
    -- Whether the photo's file carries a film; where it lies is among the metadata.
    ALTER TABLE photo ADD COLUMN has_film INTEGER NOT NULL DEFAULT 0;

    UPDATE metadata SET embedded_version = 2
    WHERE embedded_version = 1
      AND photo_id IN (SELECT id FROM photo WHERE upper(format) NOT IN ('JPEG', 'HEIC', 'HEIF', 'AVIF'));
  `,
}
