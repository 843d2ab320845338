import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import '../../electron/hosts/thread-pool.ts'
import { EngineServer } from '../../electron/engine/api/engine-server.ts'
import { openEngine } from '../../electron/engine/engine.ts'
import { silentLog } from '../../electron/engine/runtime/log.ts'
import { resourcesDir } from '../../electron/hosts/default-folders.ts'
import { Random } from '../../electron/shared/random.ts'
import { RpcClient } from '../../electron/shared/rpc-client.ts'
import { makeLargeLibrary } from '../support/large-library.ts'
import { ThreadGaps, type Gap } from '../support/thread-gaps.ts'
import { connectInProcess } from '../support/transports.ts'
import { typicalCalls } from '../support/typical-calls.ts'

/**
 * How long typical calls keep the engine's thread computing without a turn of its event loop, in a library of so many
 * photos (default 20,000) with 20 albums: the shortest of some rounds. A folder named second is kept and used again.
 */
const ROUNDS = 3
const LIMIT_MS = 40
const [ALBUMS, PER_ALBUM] = [20, 150]

const count = Number(process.argv[2] ?? 20_000)
const given = process.argv[3]
const folder = given === undefined ? await mkdtemp(join(tmpdir(), 'kindred-thread-')) : resolve(given)
const [photos, libraryDir] = [join(folder, 'photos'), join(folder, 'library')]
try {
  await makeLargeLibrary(photos, libraryDir, count)
  const engine = await openEngine({ libraryDir, resourcesDir: resourcesDir(process.env) })
  const server = new EngineServer(engine, silentLog, () => engine.close())
  const client = new RpcClient({ connect: () => connectInProcess(server) })
  const { ids } = await client.call('photos.list', {})
  const { albums: had } = await client.call('albums.list', {})
  for (let n = had.length; n < ALBUMS; n++) {
    const from = Math.floor((n * ids.length) / ALBUMS)
    const ofAlbum = ids.slice(from, from + PER_ALBUM)
    await client.call('albums.create', { name: `Album ${n}`, photos: ofAlbum })
  }
  const { albums } = await client.call('albums.list', {})
  const known = { client, random: new Random('calls'), photos: ids, albums: albums.map(({ id }) => id) }
  const { library, evaluation, models } = engine
  const work: Record<string, () => Promise<unknown>> = {
    ...Object.fromEntries(Object.entries(typicalCalls).map(([name, call]) => [name, () => call(known)])),
    rescan: () => library.rescan().done,
    'evaluate by folders': () => evaluation.evaluate({ classesFromFolders: true }),
    'evaluate by albums': () => evaluation.evaluate(),
    train: () => models.train({ seed: 1, deep: false }).done,
  }
  const gaps = new ThreadGaps()
  const chosen = process.argv.slice(4)
  for (const [name, call] of Object.entries(work)) {
    if (chosen.length > 0 && !chosen.includes(name)) continue
    const found: Gap[] = []
    for (let round = 0; round < (name === 'train' ? 1 : ROUNDS); round++) {
      gaps.start()
      await call()
      // What the call has caused, such as snapshots, belongs to it.
      await new Promise(done => setTimeout(done, 150))
      found.push(gaps.stop())
    }
    const { wall, cpu } = found.sort((a, b) => a.cpu - b.cpu)[0]!
    console.log(
      `${cpu > LIMIT_MS ? 'OVER ' : '     '}${name}: ${cpu.toFixed(0)} ms computing (${wall.toFixed(0)} ms)`,
    )
  }
  await server.close()
} finally {
  if (given === undefined) await rm(folder, { recursive: true, force: true })
}
