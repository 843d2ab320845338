import type { Campaign, CampaignOutcome } from './campaign.ts'

/** The page with the campaign's row replaced: the row whose first cell is its title. */
export function withRow(page: string, { title }: Campaign, outcome: CampaignOutcome): string {
  const lines = page.split('\n')
  const at = lines.findIndex(line => line.startsWith('|') && line.split('|')[1]?.trim() === title)
  if (at < 0) throw new Error(`docs/reliability.md has no row “${title}”.`)
  // The last cell, what others promise, is written by hand.
  const others = lines[at]!.split('|').at(-2)!
  const { attacks, losses, remarks = '' } = outcome
  const lost = losses.length === 0 ? 'nothing' : losses.join('; ').replaceAll('|', '/')
  lines[at] = `| ${title} | ${attacks} | ${lost} | ${remarks} |${others}|`
  return lines.join('\n')
}
