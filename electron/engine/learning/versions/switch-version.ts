/** @file Makes another version the one that is searched with: features that photos lack first, then the index. */

import { setTimeout as sleep } from 'node:timers/promises'
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

const LOOK_EVERY_MS = 200

/** @throws KindredError `network-lost` */
export async function switchVersion(
  tools: SwitchTools,
  version: ModelVersion,
  job: JobContext,
): Promise<void> {
  const { catalog, index } = tools
  await computeFeaturesOfLibrary(tools, version.backboneId, job)
  job.progress.begin('switching', catalog.features.countSearchable(version.backboneId, PIPELINE_VERSION))
  await index.switchVersion(version, async photos => {
    job.progress.advance(photos)
    await job.checkpoint()
  })
}

/**
 * Computes the features that photos lack under a backbone, while search and imports go on with the present one. What
 * imports add meanwhile is computed as well.
 * @throws KindredError `network-lost`
 */
export async function computeFeaturesOfLibrary(
  tools: SwitchTools,
  backbone: BackboneId,
  job: JobContext,
): Promise<void> {
  const { catalog, backbones, jobs } = tools
  // Throws where the network's file is gone: new photos will need it, even if none lacks features now.
  backbones.file(backbone)
  const lackingIds = () => catalog.features.lackingIds(backbone, PIPELINE_VERSION)
  const lacking = lackingIds()
  if (lacking.length === 0) return
  await computeMissingFeatures(tools, backbone, lacking, job)
  while (isImporting(jobs)) {
    await job.checkpoint()
    await sleep(LOOK_EVERY_MS)
    await computeMissingFeatures(tools, backbone, lackingIds(), job)
  }
}

const isImporting = (jobs: JobRunner): boolean =>
  jobs.list().some(({ kind, state }) => kind === 'import' && (state === 'running' || state === 'paused'))
