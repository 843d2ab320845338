import { join } from 'node:path'
import { EngineServer } from '../../electron/engine/api/engine-server.ts'
import { openEngine, type Engine } from '../../electron/engine/engine.ts'
import type { StartedJob } from '../../electron/engine/runtime/jobs/job-runner.ts'
import { silentLog } from '../../electron/engine/runtime/log.ts'
import { resourcesDir } from '../../electron/hosts/default-folders.ts'
import { asKindredError } from '../../electron/shared/errors.ts'
import { RpcClient } from '../../electron/shared/rpc-client.ts'
import { makeLargeLibrary } from '../support/large-library.ts'
import { writePicture } from '../support/small-photos.ts'
import { ThreadGaps } from '../support/thread-gaps.ts'
import { connectInProcess } from '../support/transports.ts'
import { typicalCalls, type Known } from '../support/typical-calls.ts'
import type { Campaign } from './campaign.ts'

/** Photos of the library for each call, and at most. */
const [PHOTOS_PER_CALL, MOST_PHOTOS] = [5, 5000]
/** Photos that are imported again and again meanwhile. */
const IMPORTED = 24
/** Albums, and photos of each: few calls leave no time to train on many. */
const ALBUMS = 4
const perAlbum = (calls: number): number => Math.max(8, Math.min(80, Math.round(calls / 10)))
/** Calls under way at once. */
const AT_ONCE = 3
/**
 * Milliseconds of computing without a turn of the event loop that are a loss. By the thread's own time: how long a gap
 * lasts on the clock depends on what else the machine does.
 */
const LIMIT_MS = 100

/** Calls the engine at random while it imports and trains, and watches whether its thread stays free. */
export const freeThread: Campaign = {
  name: 'free-thread',
  title: 'calls while photos are imported and a head is trained',
  promise: 'the engine’s thread is never busy with one thing for 100 ms',
  count: 1500,
  quickCount: 60,

  async run({ count, random, folder, log }) {
    const [photos, libraryDir] = [join(folder, 'photos'), join(folder, 'library')]
    await makeLargeLibrary(photos, libraryDir, Math.min(MOST_PHOTOS, PHOTOS_PER_CALL * count))
    const more = join(folder, 'more')
    for (let n = 0; n < IMPORTED; n++)
      await writePicture(join(more, `${n}.jpg`), n, 'jpg', { width: 320, height: 240 })
    const engine = await openEngine({ libraryDir, resourcesDir: resourcesDir(process.env) })
    const server = new EngineServer(engine, silentLog, () => engine.close())
    const client = new RpcClient({ connect: () => connectInProcess(server) })
    const known: Known = { client, random, ...(await withAlbums(client, perAlbum(count))) }
    const names = Object.keys(typicalCalls)
    const underWay = new Map<number, string>()
    const losses: string[] = []
    const gaps = new ThreadGaps()
    try {
      // The first call of each kind compiles what it runs.
      for (const name of names) await typicalCalls[name]!(known)
      const work = new BackgroundWork(engine, more)
      gaps.start(({ cpu }) => {
        if (cpu > LIMIT_MS)
          losses.push(`${Math.round(cpu)} ms during ${[...new Set(underWay.values())].join(', ')}`)
      })
      let attacks = 0
      const callOnAndOn = async (): Promise<void> => {
        while (attacks < count) {
          const [attack, name] = [attacks++, random.pick(names)]
          underWay.set(attack, name)
          await typicalCalls[name]!(known)
          underWay.delete(attack)
          if (attack % 500 === 499) log(`${attack + 1} calls`)
        }
      }
      await Promise.all(Array.from({ length: AT_ONCE }, callOnAndOn))
      const { imports, trainings } = await work.stop()
      const longest = gaps.stop()
      const remarks = `${imports} imports and ${trainings} trainings meanwhile; at most ${Math.round(longest.cpu)} ms at once`
      return { attacks, losses, remarks }
    } finally {
      gaps.stop()
      await server.close()
    }
  },
}

async function withAlbums(client: RpcClient, size: number): Promise<Pick<Known, 'photos' | 'albums'>> {
  const { ids: photos } = await client.call('photos.list', {})
  const albums: number[] = []
  for (let n = 0; n < ALBUMS; n++) {
    const from = Math.floor((n * photos.length) / ALBUMS)
    const ofAlbum = photos.slice(from, from + size)
    albums.push((await client.call('albums.create', { name: `Album ${n}`, photos: ofAlbum })).id)
  }
  return { photos, albums }
}

/** Imports a folder and takes it out again, and trains, over and over. */
class BackgroundWork {
  readonly #engine: Engine
  readonly #done: Promise<unknown>
  readonly #stop = new AbortController()
  #training: StartedJob<unknown> | undefined
  #imports = 0
  #trainings = 0

  constructor(engine: Engine, folder: string) {
    this.#engine = engine
    this.#done = Promise.all([this.#importOverAndOver(folder), this.#trainOverAndOver()])
  }

  /** Ends the import that is under way, and cuts the training off. */
  async stop(): Promise<{ readonly imports: number; readonly trainings: number }> {
    this.#stop.abort()
    if (this.#training) this.#engine.jobs.cancel(this.#training.id)
    await this.#done
    return { imports: this.#imports, trainings: this.#trainings }
  }

  async #importOverAndOver(folder: string): Promise<void> {
    const { library } = this.#engine
    while (!this.#stop.signal.aborted) {
      await library.import([folder])
      await library.removeFolder(folder)
      this.#imports++
    }
  }

  async #trainOverAndOver(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      this.#training = this.#engine.models.train({ seed: this.#trainings, deep: false })
      const [outcome] = await Promise.allSettled([this.#training.done])
      if (outcome.status === 'fulfilled') this.#trainings++
      else if (asKindredError(outcome.reason).code !== 'cancelled') throw outcome.reason
    }
  }
}
