import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Random } from '../../electron/shared/random.ts'
import type { Campaign, CampaignOutcome } from './campaign.ts'

/** Runs a campaign in a scratch folder of its own. */
export async function runCampaign(
  campaign: Campaign,
  count: number,
  seed: string,
  log: (line: string) => void,
): Promise<CampaignOutcome> {
  const folder = await mkdtemp(join(tmpdir(), `kindred-${campaign.name}-`))
  try {
    return await campaign.run({ count, random: new Random(`${campaign.name} ${seed}`), folder, log })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
