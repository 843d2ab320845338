import { cp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { layoutOf } from '../../electron/engine/library/layout.ts'
import type { Random } from '../../electron/shared/random.ts'
import { Cli } from '../support/cli.ts'
import { readLibrary } from '../support/library-contents.ts'
import { readLabels } from '../support/library-labels.ts'
import type { Campaign, CampaignOptions, CampaignOutcome } from './campaign.ts'
import { countWrites, runKilled, wasKilled } from './support/killed-run.ts'
import { differenceOf } from './support/losses.ts'
import { makeSmallLibrary } from './support/small-library.ts'

const PHOTOS = 40
const REPAIR = ['doctor', '--repair']

export const killRestore: Campaign = {
  name: 'kill-restore',
  title: 'killed in the repair of a damaged catalog',
  promise: 'the next repair ends as without kills, and no backup is lost',
  count: 200,
  quickCount: 3,
  run,
}

/** Ways in which a catalog is damaged. */
const damages: readonly ((catalog: string, random: Random) => Promise<void>)[] = [
  catalog => overwrite(catalog, 0, Buffer.alloc(4096)),
  async (catalog, random) => {
    const { length } = await readFile(catalog)
    await overwrite(catalog, random.int(4096, length - 20_000), Buffer.alloc(16_384, 0x5a))
  },
  async catalog => truncate(catalog, Math.floor((await readFile(catalog)).length / 2)),
  catalog => truncate(catalog, 0),
  catalog => writeFile(catalog, Buffer.alloc(8192, 'rubbish')),
]

/** So many attacks on one damaged library, then as many on the next. */
const ATTACKS_EACH = 4

async function run({ count, random, folder, log }: CampaignOptions): Promise<CampaignOutcome> {
  const { library: whole } = await makeSmallLibrary(folder, PHOTOS)
  const damaged = join(folder, 'damaged')
  const cli = new Cli(join(folder, 'killed'))
  const losses: string[] = []
  let killed = 0
  let writes = 0
  let undisturbed: unknown
  for (let i = 0; i < count; i++) {
    if (i % ATTACKS_EACH === 0) {
      await copyOver(whole, damaged)
      await damages[(i / ATTACKS_EACH) % damages.length]!(layoutOf(damaged).catalog, random)
      await copyOver(damaged, cli.library)
      writes = await countWrites(cli, REPAIR, folder)
      undisturbed = contentsOf(cli.library)
    }
    await copyOver(damaged, cli.library)
    const backups = await backupsIn(cli.library)
    if (wasKilled(await runKilled(cli, REPAIR, writes, random))) killed++
    // Some people start the program before they think of the repair.
    if (random.chance(0.3)) await cli.run(['album', 'list'])
    const { ok, problems } = await cli.doctor(['--repair'])
    if (!ok) losses.push(`attack ${i}: ${JSON.stringify(problems)}`)
    const difference = differenceOf(contentsOf(cli.library), undisturbed)
    if (difference !== undefined) losses.push(`attack ${i}: ${difference}`)
    const left = await backupsIn(cli.library)
    losses.push(...backups.filter(name => !left.includes(name)).map(name => `attack ${i}: ${name} is gone`))
    if (i % 20 === 19) log(`${i + 1} of ${count}, ${losses.length} lost`)
  }
  return {
    attacks: count,
    losses,
    remarks: `${damages.length} kinds of damage; ${killed} came before the end`,
  }
}

const contentsOf = (library: string): unknown => ({
  library: readLibrary(library),
  labels: readLabels(library),
})

async function backupsIn(library: string): Promise<string[]> {
  return (await readdir(layoutOf(library).backups)).filter(name => name.endsWith('.db'))
}

async function copyOver(from: string, to: string): Promise<void> {
  await rm(to, { recursive: true, force: true })
  await cp(from, to, { recursive: true })
}

async function overwrite(file: string, at: number, bytes: Buffer): Promise<void> {
  const whole = await readFile(file)
  bytes.copy(whole, at)
  await writeFile(file, whole)
}
