import type { Migration } from './index.ts'

/** Videos are shown by a picture, a frame or a drawn one, and say how long they last. */
export const videos: Migration = {
  version: 90,
  up: `
    -- NULL for a photo; -1 for a video that does not say it.
    ALTER TABLE photo ADD COLUMN duration_seconds REAL;
    -- Why the picture is drawn, not decoded, so that nothing in it can be compared.
    ALTER TABLE photo ADD COLUMN stand_in TEXT CHECK (stand_in IN ('no-ffmpeg', 'undecodable'));
    -- Each look at the folders asks for them.
    CREATE INDEX photo_unseen ON photo (id) WHERE stand_in = 'no-ffmpeg';
  `,
}
