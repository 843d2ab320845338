import { describe, expect, test } from 'vitest'
import { campaigns } from '../reliability/campaigns.ts'
import { runCampaign } from '../reliability/run-campaign.ts'

/** The quick version of each campaign; `npm run reliability` runs them whole. */
describe('reliability', () => {
  test('has campaigns of different names', () => {
    expect(new Set(campaigns.map(({ name }) => name)).size).toBe(campaigns.length)
  })

  for (const campaign of campaigns)
    test(`${campaign.title}: ${campaign.promise}`, async context => {
      const reason = campaign.unavailable?.()
      if (reason !== undefined) context.skip(reason)
      const { attacks, losses } = await runCampaign(campaign, campaign.quickCount, 'quick', () => undefined)
      expect(losses).toEqual([])
      expect(attacks).toBeGreaterThanOrEqual(campaign.quickCount)
    })
})
