import type { Migration } from './index.ts'

/**
 * Which photos have features is asked before every swap and at every start; answered from the rows themselves, it reads
 * all vectors of the library.
 */
export const featuresByPipeline: Migration = {
  version: 30,
  up: `CREATE INDEX features_by_pipeline ON features (backbone_id, pipeline, photo_id);`,
}
