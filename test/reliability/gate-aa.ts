import { PROMISED_ERROR } from '../../electron/engine/learning/evaluation/error-spending.ts'
import { chooseBackend } from '../../electron/engine/vision/tensors/backend.ts'
import type { GateDecision } from '../../electron/shared/training-report.ts'
import { madePool } from '../support/gate-trials/pool.ts'
import { equalSettings } from '../support/gate-trials/settings.ts'
import { acceptance, decideTrial } from '../support/gate-trials/trial.ts'
import type { Campaign, CampaignOptions, CampaignOutcome } from './campaign.ts'

const CLASSES = 30

export const gateAA: Campaign = {
  name: 'gate-aa',
  title: 'trained versions that are no better',
  promise: 'at most one in fifty is used',
  count: 200,
  quickCount: 1,
  run,
}

/** An attack is a library, in which versions of equal quality are compared in all pairs: docs/training.md. */
async function run({ count, random, log }: CampaignOptions): Promise<CampaignOutcome> {
  await chooseBackend(['wasm'])
  const decided: (readonly GateDecision[])[] = []
  for (let i = 0; i < count; i++) {
    const setting = equalSettings[i % equalSettings.length]!
    decided.push(await decideTrial(madePool(CLASSES, random), setting, random))
    if (i % 20 === 19) log(`${i + 1} of ${count}`)
  }
  const { accepted, decisions, rate, interval } = acceptance(decided)
  const percent = (share: number): string => (100 * share).toFixed(1)
  const remarks = `${accepted} of ${decisions} comparisons accepted: ${percent(rate)} %, 95 % interval ${percent(interval[0])}–${percent(interval[1])}`
  // Only what chance does not explain is a loss.
  return { attacks: count, losses: interval[0] > PROMISED_ERROR ? [remarks] : [], remarks }
}
