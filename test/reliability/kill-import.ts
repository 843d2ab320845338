import { copyFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Cli } from '../support/cli.ts'
import { readLibrary, strayFiles } from '../support/library-contents.ts'
import type { Campaign, CampaignOptions, CampaignOutcome } from './campaign.ts'
import { countWrites, runKilled, wasKilled } from './support/killed-run.ts'
import { differenceOf } from './support/losses.ts'
import { problemsOf, writePhotos } from './support/small-library.ts'

const PHOTOS = 40
/** So many kills on the way from nothing to a whole library. */
const KILLS_EACH = 3

export const killImport: Campaign = {
  name: 'kill-import',
  title: 'killed in an import',
  promise: 'the next import goes on, and the library ends as without kills',
  count: 200,
  quickCount: 3,
  run,
}

async function run({ count, random, folder, log }: CampaignOptions): Promise<CampaignOutcome> {
  const photos = await writePhotos(folder, PHOTOS)
  await copyFile(join(photos, 'folder 1', '1.jpg'), join(photos, 'copy.jpg'))
  const undisturbed = new Cli(join(folder, 'undisturbed'))
  const writes = await countWrites(undisturbed, ['index', photos], folder)
  const whole = readLibrary(undisturbed.library)
  const cli = new Cli(join(folder, 'killed'))
  const losses: string[] = []
  let killed = 0
  for (let i = 0; i < count; i++) {
    if (i % KILLS_EACH === 0) await rm(cli.library, { recursive: true, force: true })
    // After the first kill less is left to do.
    const until = i % KILLS_EACH === 0 ? writes : Math.ceil(writes / KILLS_EACH)
    const run = await runKilled(cli, ['index', photos], until, random, 30)
    if (wasKilled(run)) killed++
    else if (run.status !== 0) losses.push(`attack ${i}: ${run.stderr}`)
    if (i % KILLS_EACH !== KILLS_EACH - 1 && i < count - 1) continue
    const lost = await resume(cli, photos, whole)
    losses.push(...lost.map(text => `after attack ${i}: ${text}`))
    log(`${i + 1} of ${count}, ${losses.length} lost`)
  }
  return { attacks: count, losses, remarks: `${killed} came before the import had ended` }
}

async function resume(cli: Cli, photos: string, whole: ReturnType<typeof readLibrary>): Promise<string[]> {
  const { status, result, stderr } = await cli.index(photos)
  if (status !== 0 || result.failed.length > 0) return [`the import does not resume: ${stderr}`]
  const losses = [differenceOf(readLibrary(cli.library), whole) ?? []].flat()
  losses.push(...strayFiles(cli.library).map(file => `${file} is left over`))
  losses.push(...(await problemsOf(cli.library)).map(({ message }) => message))
  return losses
}
