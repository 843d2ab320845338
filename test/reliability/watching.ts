import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Engine } from '../../electron/engine/engine.ts'
import type { AlbumId } from '../../electron/shared/ids.ts'
import { pictureBytes, writePicture } from '../support/small-photos.ts'
import type { Campaign, CampaignOptions, CampaignOutcome } from './campaign.ts'
import type { ChangeRequest, Whereabouts } from './support/change-photos.ts'
import { EngineProcess } from './support/engine-process.ts'
import { RemovableDrive, whyNoDrives } from './support/removable-drive.ts'
import { problemsOf, withLibrary } from './support/small-library.ts'

const LABELLED = 24
/** Of those, so many lie on a drive that comes and goes. */
const LABELLED_ON_DRIVE = 6
/** Changes between two looks whether all has arrived. */
const ROUND = 500
/** Of so many rounds, one is made slowly, so that the time until a change is seen can be taken in its midst. */
const SLOW_ROUNDS = 8
/** Milliseconds between two changes of such a round. */
const PAUSE = 50
/** Of so many rounds, the engine is killed in one: 20 times in a whole run. */
const KILLED_ROUNDS = 5
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
  const drive = plugIn(join(folder, 'drive.img'), join(photos, 'drive'))
  try {
    for (let i = 0; i < LABELLED; i++) {
      const place = drive && i < LABELLED_ON_DRIVE ? drive.place : photos
      await writePicture(join(place, 'labelled', `${i}.jpg`), i)
    }
    return await attack({ count, random, folder, log }, photos, drive)
  } finally {
    await drive?.detach()
  }
}

/** A drive that the changes plug in and out; undefined where that cannot be done. */
function plugIn(image: string, place: string): RemovableDrive | undefined {
  if (whyNoDrives() !== undefined) return undefined
  const drive = RemovableDrive.format(image, place, 256)
  drive.attach()
  return drive
}

async function attack(
  { count, random, folder, log }: CampaignOptions,
  photos: string,
  drive: RemovableDrive | undefined,
): Promise<CampaignOutcome> {
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
    [photos, String(random.int(0, 1e9)), ...(drive ? [drive.image, drive.place] : [])],
    { execArgv: [] },
  )
  const losses: string[] = []
  let kills = 0
  const delays = { quiet: [] as number[], amid: [] as number[] }
  let engine = await EngineProcess.start(library, { watch: true })
  try {
    await once(changer, 'message')
    const rounds = Math.ceil(count / ROUND)
    const order = random.shuffled(Array.from({ length: rounds }, (_, n) => n))
    const killedIn = new Set(order.slice(0, Math.ceil(rounds / KILLED_ROUNDS)))
    for (let round = 0; round < rounds; round++) {
      const isKilled = killedIn.has(round)
      const isCompared = isKilled || round === rounds - 1
      const pause = !isKilled && round % SLOW_ROUNDS === 1 ? PAUSE : 0
      const left = Math.min(ROUND, count - round * ROUND)
      const changed = change(changer, { count: left, pause, attached: isCompared })
      if (isKilled) {
        await wait(random.between(50, 1500))
        await engine.kill()
        kills++
        engine = await EngineProcess.start(library, { watch: true })
      }
      if (pause > 0) delays.amid.push(...(await delaysUntil(changed, engine, join(photos, 'timed'), round)))
      const whereabouts = await changed
      losses.push(...(await settled(engine)).map(loss => `round ${round}: ${loss}`))
      delays.quiet.push(await delayOfNew(engine, join(photos, 'timed', `after ${round}.jpg`)))
      if (round % 10 === 9) log(`${round + 1} of ${rounds} rounds, ${losses.length} lost. ${timesOf(delays)}`)
      if (!isCompared) continue
      // As when somebody comes back to the window: no hint names the other paths of a file with several.
      await engine.client.call('folders.look', {})
      losses.push(...(await settled(engine)).map(loss => `round ${round}: ${loss}`))
      await engine.close()
      const fresh = join(folder, 'libraries', `fresh ${round}`)
      const found = await compare(library, fresh, photos, album, whereabouts)
      losses.push(...found.map(loss => `round ${round}: ${loss}`))
      found.forEach(loss => log(`lost in round ${round}: ${loss}`))
      engine = await EngineProcess.start(library, { watch: true })
    }
  } finally {
    changer.kill()
    await engine.close()
  }
  losses.push(...(await problemsOf(library)).map(({ message }) => message))
  const drives = drive ? 'a drive came and went' : 'without a drive that comes and goes'
  return { attacks: count, losses, remarks: `killed ${kills} times; ${drives}; ${timesOf(delays)}` }
}

async function change(changer: ChildProcess, request: ChangeRequest): Promise<Whereabouts> {
  const reply = once(changer, 'message')
  changer.send(request)
  const [whereabouts] = (await reply) as [Whereabouts]
  return whereabouts
}

/** One new photo after the other while others change: milliseconds until each is in the list. */
async function delaysUntil(
  changed: Promise<unknown>,
  engine: EngineProcess,
  folder: string,
  round: number,
): Promise<number[]> {
  const over = new AbortController()
  const abort = (): void => over.abort()
  changed.then(abort, abort)
  const delays: number[] = []
  while (!over.signal.aborted)
    delays.push(await delayOfNew(engine, join(folder, `in ${round} ${delays.length}.jpg`)))
  return delays
}

/** Milliseconds from a new photo to its place in the list. */
async function delayOfNew({ client }: EngineProcess, path: string): Promise<number> {
  const bytes = await pictureBytes(basename(path))
  await mkdir(dirname(path), { recursive: true })
  const seen = new Set((await client.call('photos.list', {})).ids)
  const started = performance.now()
  await writeFile(path, bytes)
  while (performance.now() - started < PATIENCE) {
    const { ids } = await client.call('photos.list', {})
    for (const id of ids.filter(id => !seen.has(id))) {
      seen.add(id)
      // Another photo may be gone again by now.
      const photo = await client.call('photos.get', { id }).catch(() => undefined)
      if (photo?.paths.includes(path)) return performance.now() - started
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

/** How long it took until new photos were in the list. */
function timesOf({
  quiet,
  amid,
}: {
  readonly quiet: readonly number[]
  readonly amid: readonly number[]
}): string {
  const times = (delays: readonly number[]): string => {
    const sorted = [...delays].sort((a, b) => a - b)
    const at = (share: number): string => (sorted[Math.floor(share * (sorted.length - 1))]! / 1000).toFixed(1)
    return `${at(0.5)} s (median), ${at(0.95)} s (95 %)`
  }
  const whileChanging = amid.length > 0 ? `, amid ${1000 / PAUSE} changes a second after ${times(amid)}` : ''
  return `a new photo was in the list after ${times(quiet)} when nothing else changed${whileChanging}`
}
