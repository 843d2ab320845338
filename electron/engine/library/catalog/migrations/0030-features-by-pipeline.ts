import type { Migration } from './index.ts'

/**
 * Which photos have features is read before every switch and at every start; without this index, it would read
 * all vectors of the library.
 */
export const featuresByPipeline: Migration = {
  version: 30,
  up: `CREATE INDEX features_by_pipeline ON features (backbone_id, pipeline, photo_id);`,
}
