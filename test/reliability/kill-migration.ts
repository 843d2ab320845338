import Database from 'better-sqlite3'
import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { backupsOf } from '../../electron/engine/library/catalog/backups.ts'
import { migrations } from '../../electron/engine/library/catalog/migrations/index.ts'
import { layoutOf } from '../../electron/engine/library/layout.ts'
import { Cli } from '../support/cli.ts'
import { readLibrary, strayFiles } from '../support/library-contents.ts'
import { readLabels } from '../support/library-labels.ts'
import { writeOldCatalog } from '../support/old-catalog.ts'
import type { Campaign, CampaignOptions, CampaignOutcome } from './campaign.ts'
import { countWrites, runKilled, wasKilled } from './support/killed-run.ts'
import { differenceOf } from './support/losses.ts'
import { makeSmallLibrary, problemsOf } from './support/small-library.ts'

const PHOTOS = 60
/** Opens the library, which is all that a migration needs. */
const COMMAND = ['album', 'list']

export const killMigration: Campaign = {
  name: 'kill-migration',
  title: 'killed in a migration of the catalog',
  promise: 'the next start brings the catalog up to date, nothing is lost, and its backup is whole',
  count: 200,
  quickCount: 3,
  run,
}

/** So many attacks on a catalog of one version, then as many on the one before it, and so on, round and round. */
const ATTACKS_EACH = 4

async function run({ count, random, folder, log }: CampaignOptions): Promise<CampaignOutcome> {
  const { library: current } = await makeSmallLibrary(folder, PHOTOS)
  const cli = new Cli(join(folder, 'killed'))
  const versions = migrations
    .map(({ version }) => version)
    .toReversed()
    .slice(1)
  const undisturbed = new Map<number, { writes: number; contents: Contents }>()
  const losses: string[] = []
  let killed = 0
  for (let i = 0; i < count; i++) {
    const version = versions[Math.floor(i / ATTACKS_EACH) % versions.length]!
    await makeOldLibrary(current, cli.library, version)
    if (!undisturbed.has(version)) {
      const writes = await countWrites(cli, COMMAND, folder)
      undisturbed.set(version, { writes, contents: contentsOf(cli.library) })
      await makeOldLibrary(current, cli.library, version)
    }
    const { writes, contents } = undisturbed.get(version)!
    if (wasKilled(await runKilled(cli, COMMAND, writes, random))) killed++
    const lost = await look(cli.library, contents)
    losses.push(...lost.map(text => `attack ${i}, from version ${version}: ${text}`))
    if (i % 20 === 19) log(`${i + 1} of ${count}, ${losses.length} lost`)
  }
  return {
    attacks: count,
    losses,
    remarks: `from ${versions.length} versions; ${killed} came before the end`,
  }
}

async function makeOldLibrary(current: string, library: string, version: number): Promise<void> {
  const [from, to] = [layoutOf(current), layoutOf(library)]
  await rm(library, { recursive: true, force: true })
  await cp(from.thumbnails, to.thumbnails, { recursive: true })
  await cp(from.index, to.index)
  writeOldCatalog(from.catalog, to.catalog, version)
}

interface Contents {
  readonly library: ReturnType<typeof readLibrary>
  readonly labels: ReturnType<typeof readLabels>
}

const contentsOf = (library: string): Contents => ({
  library: readLibrary(library),
  labels: readLabels(library),
})

async function look(library: string, wanted: Contents): Promise<string[]> {
  const problems = (await problemsOf(library)).map(({ message }) => message)
  const difference = differenceOf(contentsOf(library), wanted)
  const stray = strayFiles(library).map(file => `${file} is left over`)
  const { backups } = layoutOf(library)
  const broken = backupsOf(backups).filter(({ name }) => !isWhole(join(backups, name)))
  return [
    ...problems,
    ...(difference === undefined ? [] : [difference]),
    ...stray,
    ...broken.map(({ name }) => `the backup ${name} is not whole`),
  ]
}

function isWhole(backup: string): boolean {
  const db = new Database(backup, { readonly: true })
  try {
    const photos = db.prepare<[], number>('SELECT count(*) FROM photo').pluck().get()
    return photos === PHOTOS && db.pragma('integrity_check', { simple: true }) === 'ok'
  } catch {
    return false
  } finally {
    db.close()
  }
}
