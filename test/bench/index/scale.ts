/**
 * Search by library size: exact search, the inverted file and other libraries, in one run.
 *
 *     node test/bench/index/scale.ts LIBRARY [--sizes 8189,100000,1000000] [--rivals FOLDER [--rival NAME]]
 *
 * LIBRARY is a library of real photos; larger sets are made from their embeddings (vectors.ts). FOLDER is where
 * hnswlib-node and usearch were installed (rivals.ts).
 */
import Database from 'better-sqlite3'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ARTICLE_MILLIS, benchSearch } from '../../../electron/engine/diagnostics/bench/search-bench.ts'
import { directIndex, indexBuilder, indexHost } from '../../../electron/engine/retrieval/index/index-host.ts'
import { tuningLimits } from '../../../electron/engine/retrieval/index/index-tuning.ts'
import { quantile } from '../../../electron/shared/quantile.ts'
import { Random } from '../../../electron/shared/random.ts'
import { loadRival } from './rivals.ts'
import { embeddingsOf, realisticVectors } from './vectors.ts'

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sizes: { type: 'string', default: '8189,100000,1000000' },
    rivals: { type: 'string' },
    rival: { type: 'string', multiple: true, default: ['usearch', 'hnswlib-node'] },
  },
})
const [library] = positionals
if (library === undefined) throw new Error('Name a library of real photos.')
const real = await embeddingsOf(library)
const { dimension } = real
console.log(`${real.vectors.length / dimension} embeddings of real photos, ${dimension} numbers each`)

for (const size of options.sizes.split(',').map(Number)) {
  const vectors = realisticVectors(real, size)
  const rows = await benchSearch(vectors, dimension)
  const [exact] = rows
  for (const row of rows)
    console.log(
      [
        `${row.index}, ${size}:`,
        `p50 ${micros(row.p50Micros)}, p95 ${micros(row.p95Micros)}, recall@10 ${row.recallAt10.toFixed(3)}, built in ${row.buildSeconds.toFixed(1)} s, loaded in ${row.loadSeconds!.toFixed(2)} s,`,
        `${(row.bytes / vectors.byteLength).toFixed(3)} × the bytes of the vectors;`,
        `p95 is ${((1000 * ARTICLE_MILLIS) / row.p95Micros).toFixed(1)} × as fast as the article's ${ARTICLE_MILLIS} ms,`,
        `p50 is ${(row.p50Micros / row.limitMicros!).toFixed(2)} × the ${micros(row.limitMicros!)} that reading all vectors takes`,
      ].join(' '),
    )
  if (size === 100_000 && exact) scanBlobs(vectors, exact.p50Micros)
  if (options.rivals !== undefined && size > 8189)
    for (const name of options.rival) await benchRival(name, options.rivals, vectors)
}
await indexHost().close()
if (directIndex()) await indexBuilder().close()

/** What Lap does: every query reads all vectors from SQLite and compares them in JavaScript. */
function scanBlobs(vectors: Float32Array, exactMicros: number): void {
  const folder = mkdtempSync(join(tmpdir(), 'kindred-blobs-'))
  try {
    const db = new Database(join(folder, 'blobs.db'))
    db.exec('CREATE TABLE embedding (id INTEGER PRIMARY KEY, vector BLOB NOT NULL)')
    const put = db.prepare('INSERT INTO embedding VALUES (?, ?)')
    const count = vectors.length / dimension
    db.transaction(() => {
      for (let n = 0; n < count; n++)
        put.run(n + 1, Buffer.from(vectors.buffer, n * dimension * 4, dimension * 4))
    })()
    const all = db.prepare<[], { id: number; vector: Buffer }>('SELECT id, vector FROM embedding')
    const times = [0, 1, 2].map(() => {
      const query = vectors.subarray(0, dimension)
      const started = performance.now()
      const best: { id: number; likeness: number }[] = []
      for (const { id, vector } of all.iterate()) {
        const row = new Float32Array(vector.buffer, vector.byteOffset, dimension)
        let likeness = 0
        for (let i = 0; i < dimension; i++) likeness += row[i]! * query[i]!
        if (best.length < 20 || likeness > best.at(-1)!.likeness) {
          best.push({ id, likeness })
          best.sort((a, b) => b.likeness - a.likeness)
          best.length = Math.min(best.length, 20)
        }
      }
      return (performance.now() - started) * 1000
    })
    db.close()
    const scan = quantile(times, 0.5)
    console.log(
      `a scan over SQLite BLOBs in JavaScript: ${micros(scan)}, exact search is ${(scan / exactMicros).toFixed(1)} × as fast`,
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function benchRival(name: string, folder: string, vectors: Float32Array): Promise<void> {
  const count = vectors.length / dimension
  const rival = loadRival(name, folder, dimension, count)
  const started = performance.now()
  for (let at = 0; at < count; at += 10_000) rival.add(vectors, at, Math.min(at + 10_000, count), dimension)
  const seconds = (performance.now() - started) / 1000
  const random = new Random('queries')
  const queries = Array.from({ length: 200 }, () => random.int(1, count) - 1)
  const at = (row: number): Float32Array => vectors.slice(row * dimension, (row + 1) * dimension)
  const truth = await exactNeighbours(vectors, queries)
  for (const effort of rival.efforts) {
    const times: number[] = []
    let found = 0
    for (const [q, row] of queries.entries()) {
      const query = at(row)
      const before = performance.now()
      const answer = rival.search(query, 20, effort)
      times.push((performance.now() - before) * 1000)
      const near = Array.from(answer, Number).filter(other => other !== row)
      found += near.slice(0, 10).filter(other => truth[q]!.has(other)).length
    }
    const recall = found / queries.length / 10
    if (recall < tuningLimits.recall && effort !== rival.efforts.at(-1)) continue
    console.log(
      `${name}, ${count}, effort ${effort}: p50 ${micros(quantile(times, 0.5))}, p95 ${micros(quantile(times, 0.95))}, recall@10 ${recall.toFixed(3)}, built in ${seconds.toFixed(1)} s`,
    )
    return
  }
}

/** The ten nearest rows of each. */
async function exactNeighbours(vectors: Float32Array, rows: readonly number[]): Promise<Set<number>[]> {
  const host = indexHost()
  const handle = await host.call('create', dimension)
  const count = vectors.length / dimension
  for (let at = 0; at < count; at += 8192) {
    const ids = Array.from({ length: Math.min(8192, count - at) }, (_, i) => at + i + 1)
    await host.call('add', handle, ids, vectors.slice(at * dimension, (at + ids.length) * dimension))
  }
  const truth: Set<number>[] = []
  for (const row of rows) {
    const { ids } = await host.call(
      'search',
      handle,
      vectors.slice(row * dimension, (row + 1) * dimension),
      11,
    )
    truth.push(
      new Set(
        Array.from(ids, id => id - 1)
          .filter(other => other !== row)
          .slice(0, 10),
      ),
    )
  }
  await host.call('close', handle)
  return truth
}

function micros(value: number): string {
  return value < 1000 ? `${value.toFixed(0)} µs` : `${(value / 1000).toFixed(2)} ms`
}
