/** @file `npm run reliability -- [NAME…] [--count N] [--seed S] [--write]`: attacks the program, prints a table. */
import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { campaigns } from './campaigns.ts'
import { runCampaign } from './run-campaign.ts'
import { withRow } from './table.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    count: { type: 'string' },
    seed: { type: 'string', default: '1' },
    write: { type: 'boolean', default: false },
  },
})
const page = new URL('../../docs/reliability.md', import.meta.url)
const unknown = positionals.filter(name => !campaigns.some(campaign => campaign.name === name))
if (unknown.length > 0) throw new Error(`No such campaign: ${unknown.join(', ')}`)

for (const campaign of campaigns) {
  if (positionals.length > 0 && !positionals.includes(campaign.name)) continue
  const reason = campaign.unavailable?.()
  if (reason !== undefined) {
    console.log(`${campaign.name}: skipped, ${reason}`)
    continue
  }
  const started = performance.now()
  const count = values.count === undefined ? campaign.count : Number(values.count)
  const outcome = await runCampaign(campaign, count, values.seed, line => console.log(`  ${line}`))
  const seconds = Math.round((performance.now() - started) / 1000)
  const { attacks, losses, remarks = '' } = outcome
  console.log(`${campaign.name}: ${attacks} attacks, ${losses.length} losses, ${seconds} s. ${remarks}`)
  for (const loss of losses) console.log(`  lost: ${loss}`)
  if (losses.length > 0) process.exitCode = 1
  if (values.write) writeFileSync(page, withRow(readFileSync(page, 'utf8'), campaign, outcome))
}
