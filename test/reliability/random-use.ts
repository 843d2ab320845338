import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { asKindredError } from '../../electron/shared/errors.ts'
import type { Random } from '../../electron/shared/random.ts'
import { growth } from '../support/leak.ts'
import { pictureBytes, writePicture } from '../support/small-photos.ts'
import type { Campaign, CampaignOptions, CampaignOutcome } from './campaign.ts'
import type { Holdings } from './support/memory-probe.ts'
import { RandomUser } from './support/random-user.ts'
import { problemsOf } from './support/small-library.ts'
import { isRunning, memoryOf, startServe, type ServedLibrary } from './support/served-library.ts'

const PHOTOS = 120
/** Photos that come, and as many that go, before a rescan. */
const CHANGED = 4
const RESCANS = 20
const SAMPLES = 40
/** Milliseconds between two actions. */
const PAUSE_MS = 5
/**
 * By how much the engine may grow after a third of the time, by the median slope: caches fill, the database file is
 * mapped; nothing is kept for each action.
 */
const MOST: Readonly<Record<keyof Held, number>> = {
  resident: 96 * 2 ** 20,
  heap: 16 * 2 ** 20,
  resources: 16,
  files: 16,
}

interface Held extends Holdings {
  /** Bytes of the whole process. */
  readonly resident: number
  /** Files, sockets and pipes that it has open. */
  readonly files: number
}

/** Uses a served library for so many seconds and watches what its engine holds. */
export const randomUse: Campaign = {
  name: 'random-use',
  title: 'seconds of random use',
  promise: 'every action succeeds, and memory, handles and open files stay level',
  count: 1200,
  quickCount: 8,
  unavailable: () =>
    existsSync('/proc/self/fd') ? undefined : 'only Linux lists the open files of another process',
  run,
}

async function run({ count, random, folder, log }: CampaignOptions): Promise<CampaignOutcome> {
  const [photos, library, probe] = ['photos', 'library', 'probe'].map(name => join(folder, name)) as [
    string,
    string,
    string,
  ]
  mkdirSync(probe)
  for (let n = 0; n < PHOTOS; n++) await addPhoto(photos, random)
  const image = Buffer.from(await pictureBytes('external', 'jpg', { width: 320, height: 240 }))
  const preload = pathToFileURL(join(import.meta.dirname, 'support', 'memory-probe.ts')).href
  const served = await startServe(library, { KINDRED_PROBE: probe, NODE_OPTIONS: `--import=${preload}` })
  const user = new RandomUser(served, random, image)
  const losses = new Map<string, number>()
  const samples: (Held & { done: number })[] = []
  try {
    await user.client.call('folders.add', { paths: [photos] })
    await idle(user)
    const started = performance.now()
    const seconds = (): number => (performance.now() - started) / 1000
    let [actions, rescans] = [0, 0]
    while (seconds() < count && isRunning(served.enginePid)) {
      try {
        await user.act()
        if (seconds() > (rescans * count) / RESCANS) {
          rescans++
          await changePhotos(photos, random)
          await user.client.call('folders.rescan', {})
        }
      } catch (error) {
        const { message } = asKindredError(error)
        losses.set(message, (losses.get(message) ?? 0) + 1)
      }
      actions++
      if (seconds() > (samples.length * count) / SAMPLES) {
        const held = heldBy(served, probe)
        if (held) samples.push({ done: seconds(), ...held })
        if (samples.length % 10 === 0) log(`${Math.round(seconds())} s, ${actions} actions`)
      }
      await wait(PAUSE_MS)
    }
    await idle(user)
    if (!isRunning(served.enginePid) || served.errors() !== '')
      losses.set(`the engine said: ${served.errors().slice(0, 1000)}`, 1)
    user.close()
    await served.stop()
    for (const { message } of await problemsOf(library)) losses.set(`the library: ${message}`, 1)
    for (const grown of growths(samples)) losses.set(grown, 1)
    const remarks = `${actions} actions, ${rescans} rescans; ${describe(samples)}`
    return { attacks: count, losses: [...losses].map(([loss, times]) => `${loss} (${times} times)`), remarks }
  } finally {
    user.close()
    await served.stop()
  }
}

async function addPhoto(folder: string, random: Random): Promise<void> {
  const seed = random.int(0, 1e12)
  await writePicture(join(folder, `${seed}.jpg`), seed, 'jpg', { width: 320, height: 240 })
}

async function changePhotos(folder: string, random: Random): Promise<void> {
  for (const name of random.shuffled(readdirSync(folder)).slice(0, CHANGED)) rmSync(join(folder, name))
  for (let n = 0; n < CHANGED; n++) await addPhoto(folder, random)
}

async function idle({ client }: RandomUser): Promise<void> {
  for (;;) {
    const { jobs } = await client.call('jobs.list', {})
    if (jobs.every(({ state }) => state !== 'running' && state !== 'stopping')) return
    await wait(100)
  }
}

/** Undefined while the engine has not written down yet what it holds. */
function heldBy({ enginePid }: ServedLibrary, probe: string): Held | undefined {
  const file = join(probe, String(enginePid))
  const megabytes = memoryOf(enginePid)
  if (!existsSync(file) || megabytes === undefined) return undefined
  const holdings = JSON.parse(readFileSync(file, 'utf8')) as Holdings
  return { ...holdings, resident: megabytes * 2 ** 20, files: readdirSync(`/proc/${enginePid}/fd`).length }
}

function growths(samples: readonly (Held & { done: number })[]): string[] {
  if (samples.length < SAMPLES / 4) return [`only ${samples.length} samples of what the engine holds`]
  const span = samples.at(-1)!.done - samples[Math.floor(samples.length / 3)]!.done
  return (Object.keys(MOST) as (keyof Held)[]).flatMap(of => {
    const grown = growth(samples, of) * span
    return grown > MOST[of] ? [`${of} grew by ${Math.round(grown)} in ${Math.round(span)} s`] : []
  })
}

function describe(samples: readonly Held[]): string {
  const [early, late] = [samples[Math.floor(samples.length / 3)], samples.at(-1)]
  if (!early || !late) return 'nothing was measured'
  const megabytes = (bytes: number): number => Math.round(bytes / 2 ** 20)
  return (
    `after a third and at the end: memory ${megabytes(early.resident)} and ${megabytes(late.resident)} MB, ` +
    `heap ${megabytes(early.heap)} and ${megabytes(late.heap)} MB, open files ${early.files} and ${late.files}, ` +
    `handles ${early.resources} and ${late.resources}`
  )
}
