/**
 * Compares Faiss's other kinds of index on the same photos.
 *
 *     node test/bench/index/kinds.ts LIBRARY [PHOTOS]
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { listsFor } from '../../../electron/engine/retrieval/index/inverted-file.ts'
import { benchSearch } from '../../../electron/engine/diagnostics/bench/search-bench.ts'
import { quantile } from '../../../electron/shared/quantile.ts'
import { Random } from '../../../electron/shared/random.ts'
import { embeddingsOf, realisticVectors } from './vectors.ts'

const DIMENSION = 256

interface FactoryIndex {
  train(vectors: number[]): void
  add(vectors: number[]): void
  search(queries: number[], k: number): { labels: number[] }
  toBuffer(): Buffer
}

const { Index } = createRequire(import.meta.url)('faiss-node') as {
  Index: {
    fromFactory(dimension: number, kind: string): FactoryIndex
    fromBuffer(bytes: Buffer): FactoryIndex
  }
}

const [library, count = '100000', prepared] = process.argv.slice(2)
if (library === undefined) throw new Error('Name a library of real photos.')
if (prepared === undefined) {
  // In processes of their own: threads that load the binding replace each other's constructors.
  const folder = mkdtempSync(join(tmpdir(), 'kindred-kinds-'))
  try {
    const real = await embeddingsOf(library)
    const made = realisticVectors(real, Number(count))
    for (const row of await benchSearch(made, real.dimension))
      console.log(line(row.index, row.p50Micros, row.p95Micros, row.recallAt10, row.buildSeconds, row.bytes))
    writeFileSync(join(folder, 'vectors'), new Uint8Array(made.buffer))
    const again = [...process.argv.slice(1, 3), count, join(folder, 'vectors')]
    spawnSync(process.execPath, again, { stdio: 'inherit' })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  process.exit()
}
const size = Number(count)
const vectors = new Float32Array(Uint8Array.from(readFileSync(prepared)).buffer)
const dimension = DIMENSION

const at = (row: number): Float32Array => vectors.subarray(row * dimension, (row + 1) * dimension)
const random = new Random('queries')
const queries = Array.from({ length: 200 }, () => random.int(0, size - 1))
const exact = build('Flat', false).index
const truth = queries.map(
  row => new Set(exact.search([...at(row)], 11).labels.filter(other => other !== row)),
)

const lists = listsFor(size)
for (const kind of ['SQ8', 'SQfp16', 'HNSW16', `IVF${lists},SQ8`, `IVF${lists},SQfp16`]) {
  const { index, seconds } = build(kind, kind !== 'HNSW16')
  const bytes = index.toBuffer()
  for (const nprobe of kind.startsWith('IVF') ? [4, 8, 16, 32] : [0]) {
    const searched = nprobe === 0 ? index : Index.fromBuffer(withNprobe(bytes, nprobe))
    const times: number[] = []
    let found = 0
    for (const [q, row] of queries.entries()) {
      const query = [...at(row)]
      const before = performance.now()
      const { labels } = searched.search(query, 11)
      times.push((performance.now() - before) * 1000)
      found += labels.filter(other => other !== row && truth[q]!.has(other)).length
    }
    const name = nprobe === 0 ? kind : `${kind}, ${nprobe} lists`
    console.log(
      line(
        name,
        quantile(times, 0.5),
        quantile(times, 0.95),
        found / queries.length / 10,
        seconds,
        bytes.length,
      ),
    )
  }
}

function build(kind: string, trains: boolean): { index: FactoryIndex; seconds: number } {
  const started = performance.now()
  const index = Index.fromFactory(dimension, kind)
  if (trains) index.train([...vectors.subarray(0, Math.min(size, 50 * listsFor(size)) * dimension)])
  for (let from = 0; from < size; from += 4096)
    index.add([...vectors.subarray(from * dimension, Math.min(from + 4096, size) * dimension)])
  return { index, seconds: (performance.now() - started) / 1000 }
}

/** faiss-node cannot set nprobe, but a serialized inverted file carries it: behind its header and the number of lists. */
function withNprobe(bytes: Buffer, nprobe: number): Buffer {
  const changed = Buffer.from(bytes)
  changed.writeBigUInt64LE(BigInt(nprobe), 45)
  return changed
}

function line(
  name: string,
  p50: number,
  p95: number,
  recall: number,
  seconds: number,
  bytes: number,
): string {
  const share = bytes / (Number(count) * DIMENSION * 4)
  return `${name}: p50 ${p50.toFixed(0)} µs, p95 ${p95.toFixed(0)} µs, recall@10 ${recall.toFixed(3)}, built in ${seconds.toFixed(1)} s, ${share.toFixed(2)} × the bytes of the vectors`
}
