import { Cli } from '../support/cli.ts'
import { strayFiles } from '../support/library-contents.ts'
import { readLabels } from '../support/library-labels.ts'
import type { Campaign, CampaignOptions, CampaignOutcome } from './campaign.ts'
import { countWrites, runKilled, wasKilled } from './support/killed-run.ts'
import { differenceOf } from './support/losses.ts'
import { makeSmallLibrary, withLibrary } from './support/small-library.ts'

const PHOTOS = 60

export const killSwitch: Campaign = {
  name: 'kill-switch',
  title: 'killed in the switch of the model version',
  promise: 'the old version or the new one is in use, whole, and no label is lost',
  count: 200,
  quickCount: 3,
  run,
}

async function run({ count, random, folder, log }: CampaignOptions): Promise<CampaignOutcome> {
  const { library } = await makeSmallLibrary(folder, PHOTOS)
  const labels = readLabels(library)
  const cli = new Cli(library)
  const wanted = new Map<string, unknown>()
  let writes = 0
  for (const version of ['kindred-1-raw', 'kindred-1']) {
    writes = await countWrites(cli, ['models', 'use', version], folder)
    wanted.set(version, (await look(library)).found)
  }
  const losses: string[] = []
  let current = 'kindred-1'
  let [killed, switched] = [0, 0]
  for (let i = 0; i < count; i++) {
    const next = current === 'kindred-1' ? 'kindred-1-raw' : 'kindred-1'
    const run = await runKilled(cli, ['models', 'use', next], writes, random)
    if (wasKilled(run)) killed++
    const { version, problems, found } = await look(library)
    const difference = differenceOf(found, wanted.get(version))
    if (difference !== undefined) losses.push(`attack ${i}: with ${version}, ${difference}`)
    losses.push(...problems.map(problem => `attack ${i}: ${problem}`))
    losses.push(...strayFiles(library).map(file => `attack ${i}: ${file} is left over`))
    if (version !== current) switched++
    current = version
    if (i % 20 === 19) log(`${i + 1} of ${count}, ${losses.length} lost`)
  }
  const difference = differenceOf(readLabels(library), labels)
  if (difference !== undefined) losses.push(difference)
  const remarks = `${killed} came before the end; ${switched} times the new version was in use already`
  return { attacks: count, losses, remarks }
}

/** The version that is in use, what is wrong with it, and what it finds for a few photos. */
function look(library: string): Promise<{ version: string; problems: readonly string[]; found: unknown }> {
  return withLibrary(library, async ({ catalog, diagnostics, search }) => {
    const { model, problems } = await diagnostics.doctor()
    const found: Record<string, readonly string[]> = {}
    for (const { id } of catalog.photos.all().slice(0, 5)) {
      const { photos } = await search.nearest({ images: [{ id }], k: 10 })
      found[id] = photos.map(({ id: other, score }) => `${other} ${score.toFixed(4)}`)
    }
    return { version: model, problems: problems.map(({ message }) => message), found }
  })
}
