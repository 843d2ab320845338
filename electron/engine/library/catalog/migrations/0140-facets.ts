import type { Migration } from './index.ts'

/** Photos are filtered by camera and format. */
export const facets: Migration = {
  version: 140,
  up: `
    CREATE INDEX photo_by_camera ON photo (camera) WHERE camera IS NOT NULL;
    CREATE INDEX photo_by_format ON photo (format);
  `,
}
