/** @file Brings in a network of other origin: probes it, computes all features with it, and switches to it. */

import type { BackboneId, HeadId } from '../../../shared/ids.ts'
import { strideSample } from '../../../shared/stride-sample.ts'
import type { Catalog } from '../../library/catalog/catalog.ts'
import { PIPELINE_VERSION } from '../../library/pipeline-version.ts'
import type { JobContext } from '../../runtime/jobs/job-runner.ts'
import { checkNetwork, readNetwork, type NetworkSource } from '../../vision/external/network-file.ts'
import { probeNetwork } from '../../vision/external/network-probe.ts'
import { headToParameters, identityHead, type Head } from '../../vision/head/head.ts'
import { toVersion } from '../../vision/model-versions.ts'
import { featureRows } from '../training/head-steps.ts'
import { startTrainThread } from '../training/train-thread.ts'
import { computeFeaturesOfLibrary, switchVersion, type SwitchTools } from './switch-version.ts'

export interface NetworkTools extends SwitchTools {
  readonly now: () => number
}

/** Length of the whitening head, and the fewest and most photos that it is computed from. */
const WHITENED_DIMENSION = 256
const FEWEST_TO_WHITEN = 1000
const MOST_TO_WHITEN = 10_000
/** Longer features are searched as they are: their principal directions would take minutes. */
const LONGEST_TO_WHITEN = 1024

/**
 * Computes the features of all photos while search goes on with the present network, then switches. Begun again after it
 * was cut off, it goes on.
 * @throws KindredError `network-invalid`
 */
export async function importNetwork(
  tools: NetworkTools,
  { file, name, preprocessing }: NetworkSource,
  job: JobContext,
): Promise<HeadId> {
  const { catalog, backbones, now } = tools
  job.progress.begin('checking')
  await checkNetwork(file)
  const card = await probeNetwork(file, preprocessing)
  const { length } = card.output
  const backboneId = await backbones.add(name, readNetwork(file), card, now())
  await computeFeaturesOfLibrary(tools, backboneId, job)
  const raw = catalog.models.ensureHead(backboneId, `${name}-raw`, length, null, now())
  const head = await whiteningHead(catalog, backboneId, length)
  const id = head
    ? catalog.models.ensureHead(backboneId, name, head.dimension, headToParameters(head), now())
    : raw
  await switchVersion(tools, toVersion(catalog.models.headById(id)!, length), job)
  return id
}

/** Returns a head computed from the library itself, without labels; undefined where it has too few photos for that. */
async function whiteningHead(
  catalog: Catalog,
  backboneId: BackboneId,
  length: number,
): Promise<Head | undefined> {
  const searchable = catalog.features.searchableIds(backboneId, PIPELINE_VERSION)
  const ids = strideSample(searchable, MOST_TO_WHITEN)
  if (ids.length < FEWEST_TO_WHITEN || length > LONGEST_TO_WHITEN) return undefined
  const features = await featureRows(catalog, { backboneId, head: identityHead(length) }, ids)
  const thread = startTrainThread()
  try {
    await thread.call('open', features, length)
    return await thread.call('whiten', WHITENED_DIMENSION)
  } finally {
    await thread.close()
  }
}
