import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Engine } from '../../electron/engine/engine.ts'
import type { AlbumId } from '../../electron/shared/ids.ts'
import { pictureBytes, writePicture } from '../support/small-photos.ts'
import type { Campaign, CampaignOptions, CampaignOutcome } from './campaign.ts'
import type { Whereabouts } from './support/change-photos.ts'
import { EngineProcess } from './support/engine-process.ts'
import { problemsOf, withLibrary } from './support/small-library.ts'

const LABELLED = 24
/** Changes between two looks whether all has arrived. */
const ROUND = 250
/** The engine is killed so many times in a whole run. */
const KILLS = 20
/** Milliseconds after which the library should be like the folders. */
const PATIENCE = 120_000

export const watching: Campaign = {
  name: 'watching',
  title: 'photos changed by another program while they are watched',
  promise: 'the library ends equal to a fresh import, and albums are kept',
  count: 50_000,
  quickCount: 60,
  run,
}

async function run({ count, random, folder, log }: CampaignOptions): Promise<CampaignOutcome> {
  const photos = join(folder, 'photos')
  for (let i = 0; i < LABELLED; i++) await writePicture(join(photos, 'labelled', `${i}.jpg`), i)
  await mkdir(join(folder, 'libraries'))
  const library = join(folder, 'libraries', 'watched')
  const album = await withLibrary(library, async engine => {
    await engine.library.import([photos])
    return engine.albums.commands.create(
      'Labelled',
      engine.catalog.photos.all().map(({ id }) => id),
    )
  })
  const changer = fork(
    fileURLToPath(new URL('support/change-photos.ts', import.meta.url)),
    [photos, String(random.int(0, 1e9))],
    { execArgv: [] },
  )
  const losses: string[] = []
  const delays: number[] = []
  let engine = await EngineProcess.start(library, { watch: true })
  try {
    await once(changer, 'message')
    const rounds = Math.ceil(count / ROUND)
    const killedIn = new Set(random.shuffled(Array.from({ length: rounds }, (_, n) => n)).slice(0, KILLS))
    for (let round = 0; round < rounds; round++) {
      const changed = change(changer, Math.min(ROUND, count - round * ROUND))
      if (killedIn.has(round)) {
        await wait(random.between(50, 1500))
        await engine.kill()
        engine = await EngineProcess.start(library, { watch: true })
      }
      const whereabouts = await changed
      losses.push(...(await settled(engine)).map(loss => `round ${round}: ${loss}`))
      delays.push(await delayOfNew(engine, join(photos, `new ${round}.jpg`), round))
      if (round % 10 === 9) log(`${round + 1} of ${rounds} rounds, ${losses.length} lost`)
      if (!killedIn.has(round) && round < rounds - 1) continue
      // As when somebody comes back to the window: no hint names the other paths of a file with several.
      await engine.client.call('folders.look', {})
      losses.push(...(await settled(engine)).map(loss => `round ${round}: ${loss}`))
      await engine.close()
      const fresh = join(folder, 'libraries', `fresh ${round}`)
      const found = await compare(library, fresh, photos, album, whereabouts)
      losses.push(...found.map(loss => `round ${round}: ${loss}`))
      engine = await EngineProcess.start(library, { watch: true })
    }
  } finally {
    changer.kill()
    await engine.close()
  }
  losses.push(...(await problemsOf(library)).map(({ message }) => message))
  return { attacks: count, losses, remarks: remarksOn(delays, Math.min(KILLS, Math.ceil(count / ROUND))) }
}

async function change(changer: ChildProcess, count: number): Promise<Whereabouts> {
  const reply = once(changer, 'message')
  changer.send(count)
  const [whereabouts] = (await reply) as [Whereabouts]
  return whereabouts
}

/** Milliseconds from a new photo to its place in the list. */
async function delayOfNew({ client }: EngineProcess, path: string, seed: number): Promise<number> {
  const bytes = await pictureBytes(`new ${seed}`)
  const seen = new Set((await client.call('photos.list', {})).ids)
  const started = performance.now()
  await writeFile(path, bytes)
  while (performance.now() - started < PATIENCE) {
    const { ids } = await client.call('photos.list', {})
    for (const id of ids.filter(id => !seen.has(id))) {
      seen.add(id)
      if ((await client.call('photos.get', { id })).paths.includes(path)) return performance.now() - started
    }
    await wait(50)
  }
  return Infinity
}

/** Waits until nothing has been imported for a while. */
async function settled({ client }: EngineProcess): Promise<string[]> {
  const until = performance.now() + PATIENCE
  for (let quiet = 0, last = ''; performance.now() < until;) {
    const { generation } = await client.call('library.status', {})
    const { jobs } = await client.call('jobs.list', {})
    const now = `${generation} ${jobs.map(({ id, state }) => `${id}${state}`).join()}`
    const isQuiet = now === last && jobs.every(({ state }) => state === 'done')
    quiet = isQuiet ? quiet + 1 : 0
    last = now
    if (quiet >= 25) return []
    await wait(100)
  }
  return ['it did not come to rest']
}

/** Compares with a fresh import, and looks for every labelled photo in its album. */
async function compare(
  library: string,
  fresh: string,
  photos: string,
  album: AlbumId,
  whereabouts: Whereabouts,
): Promise<string[]> {
  const [watched, labels] = await withLibrary(library, engine => [
    contents(engine),
    new Set(
      engine.albums.queries
        .photosOf(album)
        .flatMap(id => engine.catalog.files.presentOf(id))
        .map(({ path }) => path),
    ),
  ])
  const wanted = await withLibrary(fresh, async engine => {
    await engine.library.import([photos])
    return contents(engine)
  })
  const paths = [...new Set([...watched.keys(), ...wanted.keys()])]
  const different = paths.filter(path => watched.get(path) !== wanted.get(path))
  const unlabelled = Object.values(whereabouts).filter(path => path !== null && !labels.has(path))
  return [
    ...different.map(path => `${path} is ${watched.has(path) ? 'another photo' : 'not there'}`),
    ...unlabelled.map(path => `${path} has left its album`),
  ]
}

const contents = ({ catalog }: Engine): Map<string, string> =>
  new Map(
    catalog.files
      .present()
      .map(({ path, photoId }) => [path, catalog.photos.byId(photoId!)!.contentHash.toString('hex')]),
  )

function remarksOn(delays: readonly number[], kills: number): string {
  const sorted = [...delays].sort((a, b) => a - b)
  const at = (share: number): string => (sorted[Math.floor(share * (sorted.length - 1))]! / 1000).toFixed(1)
  return `killed ${kills} times; a new photo after each ${ROUND} changes, without others at the same time, was in the list after ${at(0.5)} s (median), ${at(0.95)} s (95 %)`
}
