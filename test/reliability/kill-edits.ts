import { setTimeout as wait } from 'node:timers/promises'
import { KindredError } from '../../electron/shared/errors.ts'
import type { Campaign, CampaignOptions, CampaignOutcome } from './campaign.ts'
import {
  describeAlbums,
  editAlbums,
  noAlbums,
  readAlbums,
  stateOf,
  type AlbumState,
} from './support/album-model.ts'
import { EngineProcess } from './support/engine-process.ts'
import { problemsOf, importPhotos } from './support/small-library.ts'

const PHOTOS = 24

export const killEdits: Campaign = {
  name: 'kill-edits',
  title: 'killed in album edits',
  promise: 'every acknowledged edit is there, every other whole or not at all, and undo goes on',
  count: 200,
  quickCount: 3,
  run,
}

async function run({ count, random, folder, log }: CampaignOptions): Promise<CampaignOutcome> {
  const { library } = await importPhotos(folder, PHOTOS)
  const losses: string[] = []
  let possible: readonly AlbumState[] = [noAlbums]
  let [acknowledged, underWay, kept] = [0, 0, 0]
  for (let i = 0; i <= count; i++) {
    const engine = await EngineProcess.start(library)
    const { client } = engine
    const albums = await readAlbums(client)
    const state = stateOf(possible, albums)
    if (!state) {
      const wanted = describeAlbums(possible[0]!.albums)
      losses.push(`kill ${i}: ${describeAlbums(albums)} instead of ${wanted}`)
    }
    if (possible.length > 1) underWay++
    if (possible.length > 1 && state !== possible[0]) kept++
    // After the last kill it is only looked at.
    if (i === count) {
      await engine.close()
      break
    }
    const { ids } = await client.call('photos.list', {})
    const editing = editAlbums(client, state ?? { ...noAlbums, albums }, ids, random, () => true)
    await wait(random.between(5, 250))
    await engine.kill()
    const edited = await editing
    acknowledged += edited.acknowledged
    possible = edited.possible
    losses.push(...edited.errors.filter(error => !isGone(error)).map(error => `kill ${i}: ${String(error)}`))
    if (i % 20 === 19) log(`${i + 1} of ${count}, ${losses.length} lost`)
  }
  losses.push(...(await problemsOf(library)).map(({ message }) => message))
  const remarks = `${acknowledged} edits were acknowledged; ${underWay} kills came during others, of which ${kept} were kept`
  return { attacks: count, losses, remarks }
}

const isGone = (error: unknown): boolean => error instanceof KindredError && error.code === 'engine-gone'
