import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Random } from '../../electron/shared/random.ts'
import type { Campaign, CampaignOptions, CampaignOutcome } from './campaign.ts'
import { IndexLibrary } from './support/index-library.ts'

const PHOTOS = 4000
/** The kill comes in one of the first so many savings, and so many milliseconds after its beginning. */
const SAVINGS = 3
const SPREAD = 40

export const killIndexSave: Campaign = {
  name: 'kill-index-save',
  title: 'killed while the index is saved',
  promise: 'the index opens, holds exactly the photos of the catalog, and finds what an exact search finds',
  count: 200,
  quickCount: 3,
  run,
}

async function run({ count, random, folder, log }: CampaignOptions): Promise<CampaignOutcome> {
  const library = new IndexLibrary(folder, random)
  library.put(PHOTOS)
  await (await library.open()).index.close()
  const losses: string[] = []
  let midway = 0
  for (let i = 0; i < count; i++) {
    await killSaving(folder, random)
    if (existsSync(`${library.file}.tmp`)) midway++
    try {
      const { index } = await library.open()
      losses.push(...(await library.differences(index)).map(text => `after kill ${i}: ${text}`))
      await index.close()
    } catch (error) {
      losses.push(`after kill ${i}: ${String(error)}`)
    }
    log(`${i + 1} of ${count}, ${losses.length} lost`)
  }
  library.catalog.close()
  return { attacks: count, losses, remarks: `${midway} came while the file was half-written` }
}

async function killSaving(folder: string, random: Random): Promise<void> {
  const program = fileURLToPath(new URL('./support/save-index.ts', import.meta.url))
  const args = [program, folder, String(random.next())]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  for (let savings = random.int(1, SAVINGS); savings > 0; savings--) {
    const begun = await Promise.race([once(child.stdout, 'data'), ended.then(() => undefined)])
    if (!begun) throw new Error('The program that saves the index has ended by itself.')
  }
  await setTimeout(random.between(0, SPREAD))
  child.kill('SIGKILL')
  await ended
}
