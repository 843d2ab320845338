import type { Migration } from './index.ts'

/**
 * Photos of which a part is missing are shown and marked. Files that were refused for that are read again by the next
 * import, and TIFFs, whose missing parts came in as black. JPEGs with an end marker but without their end came in as
 * good, too: nothing in the catalog tells them from whole ones, and reading all again would cost a large library hours.
 */
export const damagedPhotos: Migration = {
  version: 100,
  up: `
    -- What is wrong with it (shared/damage.ts), and how much of the picture is missing, 0 to 1; NULL for a whole photo.
    ALTER TABLE photo ADD COLUMN damage TEXT;
    ALTER TABLE photo ADD COLUMN damage_share REAL;
    CREATE INDEX photo_damaged ON photo (id) WHERE damage IS NOT NULL;

    UPDATE file SET pipeline = 0
    WHERE state = 'failed' AND failure_code IN ('truncated-image', 'damaged-image');

    UPDATE file SET pipeline = 0 WHERE photo_id IN (SELECT id FROM photo WHERE format = 'TIFF');
    UPDATE photo SET pipeline = 0 WHERE format = 'TIFF';
  `,
}
