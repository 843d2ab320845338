/**
 * "Find similar" as a whole, in the engine and through the contract over each transport, compared with the article's search.
 *
 *     node test/bench/index/calls.ts LIBRARY
 */
import { setImmediate } from 'node:timers/promises'
import { ARTICLE_MILLIS } from '../../../electron/engine/diagnostics/bench/search-bench.ts'
import { openEngine } from '../../../electron/engine/engine.ts'
import { resourcesDir } from '../../../electron/hosts/default-folders.ts'
import { quantile } from '../../../electron/shared/quantile.ts'
import { RpcClient } from '../../../electron/shared/rpc-client.ts'
import { childProcess, webSocket } from '../../support/transports.ts'

const [libraryDir] = process.argv.slice(2)
if (libraryDir === undefined) throw new Error('Name a library.')
const CALLS = 1000
/** Calls before the measured ones, to warm the caches and the compiler. */
const WARMING = 200

const engine = await openEngine({ libraryDir, resourcesDir: resourcesDir(process.env) })
const ids = engine.overview.photos().map(({ id }) => id)
const at = (n: number): number => ids[(n * 7919) % ids.length]!
const searches: number[] = []
const totals: number[] = []
for (let n = 0; n < WARMING + CALLS; n++) {
  // Queries arrive one by one: each has a turn of the event loop to itself.
  await setImmediate()
  const started = performance.now()
  const { millis } = await engine.search.similar({ images: [{ id: at(n) as (typeof ids)[number] }], k: 20 })
  if (n < WARMING) continue
  searches.push(millis.search)
  totals.push(performance.now() - started)
}
tell(`search in the engine, among ${ids.length} photos`, searches)
tell('the whole answer of the engine, with embedding, paths and albums', totals)
await engine.close()

for (const open of [childProcess, webSocket]) {
  const transport = await open(libraryDir)
  const client = new RpcClient({ connect: () => transport.connect() })
  const times: number[] = []
  for (let n = 0; n < WARMING + CALLS; n++) {
    const started = performance.now()
    await client.call('similar.search', { examples: [{ photo: at(n) }], k: 20 })
    if (n >= WARMING) times.push(performance.now() - started)
  }
  tell(`a call through the contract, ${transport.name}`, times)
  client.close()
  await transport.close()
}

function tell(what: string, times: readonly number[]): void {
  const [p50, p95] = [quantile(times, 0.5), quantile(times, 0.95)]
  console.log(
    `${what}: p50 ${p50.toFixed(3)} ms, p95 ${p95.toFixed(3)} ms; ${(ARTICLE_MILLIS / p95).toFixed(1)} × (p95) as fast as the article's ${ARTICLE_MILLIS} ms`,
  )
}
