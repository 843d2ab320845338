import { setTimeout as wait } from 'node:timers/promises'
import { KindredError } from '../../electron/shared/errors.ts'
import type { Campaign, CampaignOptions, CampaignOutcome } from './campaign.ts'
import { lossIn, AlbumEditor, readAlbums, stateOf, type AlbumState } from './support/album-model.ts'
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
  let possible: readonly AlbumState[] | undefined
  let [acknowledged, underWay, kept] = [0, 0, 0]
  for (let i = 0; i <= count; i++) {
    const engine = await EngineProcess.start(library)
    const { client } = engine
    let state: AlbumState | undefined
    if (possible) {
      const albums = await readAlbums(client)
      state = stateOf(possible, albums)
      if (!state) {
        losses.push(`attack ${i - 1}: ${lossIn(possible, albums)}`)
        await engine.close()
        break
      }
      if (possible.length > 1) underWay++
      if (state !== possible[0]) kept++
    }
    // After the last kill it is only looked at.
    if (i === count) {
      await engine.close()
      break
    }
    const { ids } = await client.call('photos.list', {})
    const editor = new AlbumEditor(random, ids, state)
    const editing = editor.edit(client)
    await wait(random.between(5, 250))
    await engine.kill()
    const errors = await editing
    acknowledged += editor.acknowledged
    possible = editor.possible
    losses.push(...errors.filter(error => !isGone(error)).map(error => `attack ${i}: ${String(error)}`))
    if (i % 20 === 19) log(`${i + 1} of ${count}, ${losses.length} lost`)
  }
  losses.push(...(await problemsOf(library)).map(({ message }) => message))
  const remarks = `${acknowledged} edits were acknowledged; ${underWay} kills came during others, of which ${kept} were kept`
  return { attacks: count, losses, remarks }
}

const isGone = (error: unknown): boolean => error instanceof KindredError && error.code === 'engine-gone'
