import { readFile, writeFile } from 'node:fs/promises'
import { buildInvertedFile } from '../../electron/engine/retrieval/index/inverted-file.ts'
import { directIndex } from '../../electron/engine/retrieval/index/index-host.ts'
import { ProgressMeter } from '../../electron/engine/runtime/jobs/progress.ts'
import { damage } from '../support/damage.ts'
import type { Campaign, CampaignOptions, CampaignOutcome } from './campaign.ts'
import { IndexLibrary } from './support/index-library.ts'

const PHOTOS = 500

export const damagedIndex: Campaign = {
  name: 'damaged-index',
  title: 'a damaged index file',
  promise: 'the index is read or made anew, and finds what an exact search finds',
  count: 200,
  quickCount: 10,
  run,
}

async function run({ count, random, folder, log }: CampaignOptions): Promise<CampaignOutcome> {
  const library = new IndexLibrary(folder, random)
  library.put(PHOTOS)
  await (await library.open()).index.close()
  const files = [await readFile(library.file)]
  if (directIndex()) files.push(await invertedFile(library))
  const losses: string[] = []
  let anew = 0
  for (let i = 0; i < count; i++) {
    const whole = files[i % files.length]!
    await writeFile(library.file, damage(whole, random))
    try {
      const { index, recovery } = await library.open()
      if (recovery === 'rebuilt') anew++
      losses.push(...(await library.differences(index)).map(text => `damage ${i}: ${text}`))
      await index.close()
    } catch (error) {
      losses.push(`damage ${i}: ${String(error)}`)
    }
    log(`${i + 1} of ${count}, ${losses.length} lost`)
  }
  library.catalog.close()
  return { attacks: count, losses, remarks: `${anew} were made anew, the others still whole` }
}

/** The same index as an inverted file. */
async function invertedFile(library: IndexLibrary): Promise<Buffer<ArrayBuffer>> {
  const { index } = await library.open()
  const steps = { progress: new ProgressMeter(() => undefined), signal: new AbortController().signal }
  const { handle, lists } = await index.withHandle(from =>
    buildInvertedFile(from, [...index.photos], new Set(), steps),
  )
  await index.swapLayout(handle, { lists, nprobe: 1 }, library.version)
  await index.close()
  return readFile(library.file)
}
