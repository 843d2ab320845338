/**
 * @file Runs queries and imports in an engine and prints, as JSON, its memory after equal shares of the work. A process of
 * its own, started with --expose-gc, so that all of its memory belongs to the engine.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import '../../electron/hosts/thread-pool.ts'
import { openEngine } from '../../electron/engine/engine.ts'
import { writePicture } from './small-photos.ts'

export interface LeakPlan {
  readonly queries: number
  /** Photos to import and remove again, a share at a time, so that the library's size stays the same. */
  readonly imports: number
  /** Number of equal shares of the work; memory is measured after each. */
  readonly shares: number
}

export interface MemorySample {
  /** Queries or imports so far. */
  readonly done: number
  /** Bytes of JavaScript values and buffers of the engine's thread, after garbage collection. */
  readonly heap: number
  /** Bytes of the whole process, all threads and native code. */
  readonly resident: number
}

export interface LeakReport {
  readonly queries: readonly MemorySample[]
  readonly imports: readonly MemorySample[]
}

const LIBRARY = 200
const resourcesDir = fileURLToPath(new URL('../../resources', import.meta.url))

const { queries, imports, shares } = JSON.parse(process.argv[2]!) as LeakPlan
const folder = await mkdtemp(join(tmpdir(), 'kindred-leak-'))
try {
  const kept = join(folder, 'kept')
  await writePictures(kept, LIBRARY, 'kept')
  const engine = await openEngine({ libraryDir: join(folder, 'library'), resourcesDir })
  await engine.library.import([kept])
  const ids = engine.overview.photos().map(({ id }) => id)
  const report: LeakReport = {
    queries: await inShares(queries, query),
    imports: await inShares(imports, take),
  }
  await engine.close()
  process.stdout.write(JSON.stringify(report))

  async function query(count: number, from: number): Promise<void> {
    for (let n = from; n < from + count; n++)
      await engine.search.similar({ images: [{ id: ids[n % ids.length]! }], k: 20 })
  }

  async function take(count: number, from: number): Promise<void> {
    const share = join(folder, `share-${from}`)
    await writePictures(share, count, String(from))
    const { added } = await engine.library.import([share])
    if (added !== count) throw new Error(`${added} of ${count} photos were added`)
    await engine.library.removeFolder(share)
    await rm(share, { recursive: true })
  }
} finally {
  await rm(folder, { recursive: true, force: true })
}

async function inShares(
  count: number,
  work: (count: number, from: number) => Promise<void>,
): Promise<MemorySample[]> {
  const share = Math.ceil(count / shares)
  const samples: MemorySample[] = []
  for (let done = 0; done < count; done += share) {
    await work(share, done)
    samples.push({ done: done + share, ...measure() })
  }
  return samples
}

function measure(): Pick<MemorySample, 'heap' | 'resident'> {
  for (let i = 0; i < 3; i++) globalThis.gc!()
  const { heapUsed, external, rss } = process.memoryUsage()
  return { heap: heapUsed + external, resident: rss }
}

async function writePictures(folder: string, count: number, seed: string): Promise<void> {
  for (let n = 0; n < count; n++)
    await writePicture(join(folder, `${n}.jpg`), `${seed}/${n}`, 'jpg', { width: 48, height: 48 })
}
