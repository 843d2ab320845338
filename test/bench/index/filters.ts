/**
 * Searches within a folder or days, compared with first reading the ids that pass the filter; and how long
 * the engine's thread is blocked.
 *
 *     node test/bench/index/filters.ts LIBRARY
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import { embed } from '../../../electron/engine/vision/head/head.ts'
import { openEngine } from '../../../electron/engine/engine.ts'
import { PIPELINE_VERSION } from '../../../electron/engine/library/pipeline-version.ts'
import type { PhotoFilter } from '../../../electron/engine/library/catalog/photo-filter.ts'
import { resourcesDir } from '../../../electron/hosts/default-folders.ts'
import { quantile } from '../../../electron/shared/quantile.ts'

const [libraryDir] = process.argv.slice(2)
if (libraryDir === undefined) throw new Error('Name a library.')
const QUESTIONS = 15
const DAY = 86_400_000

const engine = await openEngine({ libraryDir, resourcesDir: resourcesDir(process.env) })
const ids = engine.overview.photos().map(({ id }) => id)
const folders = engine.catalog.roots().slice(0, 1)
const { dates } = engine.catalog.photos.grid()
const middle = dates[Math.floor(dates.length / 2)]!
const filters: Readonly<Record<string, PhotoFilter>> = {
  'days that hold all photos': { takenFrom: -8e15 },
  'a folder that holds all': { folders },
  both: { folders, takenFrom: -8e15 },
  'one day': { takenFrom: middle, takenBefore: middle + DAY },
  'days that hold none': { takenFrom: 8e15 },
  'in no album': { noAlbum: true },
  'portraits of one format': { formats: ['JPEG'], shapes: ['portrait'] },
  'a camera that took none': { cameras: ['none'] },
  videos: { kinds: ['video'] },
}
console.log(`${ids.length} photos, ${engine.index.layout.lists} lists`)
for (const [name, filter] of Object.entries(filters)) {
  const ours = await ask(async photo => {
    await engine.search.nearest({ images: [{ id: photo }], k: 20, filter })
  })
  const readFirst = await ask(async photo => {
    const among = Uint32Array.from(engine.catalog.filtered.all(filter))
    await engine.index.use(async view => {
      const { backboneId, head } = view.version
      const features = engine.catalog.features.asFloat32(backboneId, photo, PIPELINE_VERSION)!
      await view.searchAmong(embed(head, features), 20, among)
    })
  })
  console.log(
    `${name}: ${ours.millis.toFixed(1)} ms, thread taken ${ours.taken.toFixed(1)} ms at most; ` +
      `read first ${readFirst.millis.toFixed(1)} and ${readFirst.taken.toFixed(1)} ms: ` +
      `${(readFirst.millis / ours.millis).toFixed(1)} × as fast`,
  )
}
await engine.close()

/** The median time of a query, and the longest time for which the event loop was blocked. */
async function ask(question: (photo: (typeof ids)[number]) => Promise<void>) {
  const times: number[] = []
  const loop = monitorEventLoopDelay({ resolution: 1 })
  for (let n = 0; n < QUESTIONS; n++) {
    if (n === 2) loop.enable()
    await pause(3)
    const started = performance.now()
    await question(ids[(n * 7919) % ids.length]!)
    times.push(performance.now() - started)
  }
  loop.disable()
  return { millis: quantile(times, 0.5), taken: loop.max / 1e6 }
}
