/** @file Makes another version the one that is searched with: features that photos lack first, then the index. */

import type { BackboneId } from '../../../shared/ids.ts'
import { PIPELINE_VERSION } from '../../library/pipeline-version.ts'
import type { EmbeddingIndex } from '../../retrieval/index/embedding-index.ts'
import type { JobContext, JobRunner } from '../../runtime/jobs/job-runner.ts'
import { computeMissingFeatures, type FeatureTools } from '../../vision/compute-missing-features.ts'
import type { ModelVersion } from '../../vision/model-versions.ts'

export interface SwitchTools extends FeatureTools {
  readonly index: EmbeddingIndex
  readonly jobs: JobRunner
}

/**
 * Searches with another version from now on. Features that photos lack under its backbone are computed while searches and
 * imports go on; then it waits for its turn, computes what imports have added meanwhile, and switches.
 * @throws KindredError `network-lost`
 */
export async function switchVersion(
  tools: SwitchTools,
  version: ModelVersion,
  job: JobContext,
): Promise<void> {
  const { catalog, index, jobs } = tools
  await computeFeaturesOfLibrary(tools, version.backboneId, job)
  await jobs.inTurn(job, async () => {
    await computeFeaturesOfLibrary(tools, version.backboneId, job)
    job.progress.begin('switching', catalog.features.countSearchable(version.backboneId, PIPELINE_VERSION))
    await index.switchVersion(version, async photos => {
      job.progress.advance(photos)
      await job.checkpoint()
    })
  })
}

/**
 * Computes the features that photos of the library lack under a backbone.
 * @throws KindredError `network-lost`
 */
export async function computeFeaturesOfLibrary(
  tools: FeatureTools & { readonly index: EmbeddingIndex },
  backbone: BackboneId,
  job: JobContext,
): Promise<void> {
  const { catalog, backbones, index } = tools
  // Throws where the network's file is gone: new photos will need it, even if none lacks features now.
  backbones.file(backbone)
  const lacking = catalog.features.lackingIds(backbone, PIPELINE_VERSION)
  await computeMissingFeatures(tools, backbone, lacking, job, photos => index.add(photos))
}
