import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { quantile } from '../../../shared/quantile.ts'
import { Random } from '../../../shared/random.ts'
import type { SearchBench } from '../../../shared/results.ts'
import { normalise } from '../../vision/head/head.ts'
import { FLAT, INVERTED_FILE } from '../../retrieval/stores/faiss-store.ts'
import { directIndex, indexBuilder, indexHost } from '../../retrieval/index/index-host.ts'
import { tuningLimits } from '../../retrieval/index/index-tuning.ts'
import { buildInvertedFile, findNprobe } from '../../retrieval/index/inverted-file.ts'
import { plainStoreFactory } from '../../retrieval/stores/choose-vector-store.ts'

/** Milliseconds of a search in the article that Kindred comes from, among about 8,200 vectors. */
export const ARTICLE_MILLIS = 4.09

const QUERIES = 200
const CHUNK = 8192
/** Bytes read to measure the memory's bandwidth: far more than any cache holds. */
const BANDWIDTH_BYTES = 2 ** 29

/**
 * Exact search, and the inverted file that a library of this size would be given, one query at a time. Ids are rows
 * counted from 1.
 */
export async function benchSearch(vectors: Float32Array, dim: number): Promise<SearchBench[]> {
  const count = vectors.length / dim
  const host = indexHost()
  const { kind } = await host.call('describe')
  const started = performance.now()
  const handle = await host.call('create', dim)
  try {
    const ids = Array.from({ length: count }, (_, i) => i + 1)
    for (let at = 0; at < count; at += CHUNK)
      await host.call('add', handle, ids.slice(at, at + CHUNK), vectors.slice(at * dim, (at + CHUNK) * dim))
    const buildSeconds = (performance.now() - started) / 1000
    const random = new Random('queries')
    const queries = Uint32Array.from({ length: Math.min(QUERIES, count) }, () => random.int(1, count))
    const module = directIndex()
    if (!module) return [await benchThroughThread(handle, kind, vectors, dim, queries, buildSeconds)]

    const builder = indexBuilder()
    const bytes = vectors.byteLength
    const limitMicros = (bytes / module.bandwidth(BANDWIDTH_BYTES, 4)) * 1e6
    const about = { vectors: count, dim, limitMicros }
    const exact = await builder.call('measure', handle, handle, queries, 0)
    const rows: SearchBench[] = [
      {
        index: FLAT,
        ...about,
        p50Micros: exact.p50 * 1000,
        p95Micros: exact.p95 * 1000,
        recallAt10: 1,
        buildSeconds,
        bytes: await builder.call('bytes', handle),
        loadSeconds: await secondsToLoad(handle, dim),
      },
    ]
    if (count < tuningLimits.fewestPhotos) return rows
    const quiet = { begin: () => undefined, advance: () => undefined }
    const job = { progress: quiet, signal: new AbortController().signal }
    const built = await buildInvertedFile(handle, ids, new Set(queries), job)
    try {
      const { best, measured } = await findNprobe(handle, built, queries, tuningLimits.recall, job.signal)
      rows.push({
        index: `${INVERTED_FILE} (${best} of ${built.lists} lists)`,
        ...about,
        p50Micros: measured.p50 * 1000,
        p95Micros: measured.p95 * 1000,
        recallAt10: measured.recallAt10,
        buildSeconds: built.seconds,
        bytes: await builder.call('bytes', built.handle),
        loadSeconds: await secondsToLoad(built.handle, dim),
      })
    } finally {
      await host.call('close', built.handle)
    }
    return rows
  } finally {
    await host.call('close', handle)
  }
}

/** Seconds to load an index from its file until it can be searched, its checksum included. */
async function secondsToLoad(handle: number, dimension: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'kindred-load-'))
  try {
    const file = join(folder, 'index')
    const about = { head: 1, dimension, pipeline: 1, generation: 1 }
    await indexBuilder().call('write', handle, file, about)
    const started = performance.now()
    const opened = await indexHost().call('open', file, { headId: 1, dimension, pipeline: 1 })
    const seconds = (performance.now() - started) / 1000
    if (opened) await indexHost().call('close', opened.handle)
    return opened ? seconds : NaN
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Without native handles (another binding than the one built here), every search goes through the index thread. */
async function benchThroughThread(
  handle: number,
  index: string,
  vectors: Float32Array,
  dim: number,
  queries: Uint32Array,
  buildSeconds: number,
): Promise<SearchBench> {
  const truth = plainStoreFactory.create(dim)
  truth.add(
    Uint32Array.from({ length: vectors.length / dim }, (_, row) => row + 1),
    vectors,
  )
  const micros: number[] = []
  let found = 0
  for (const id of queries) {
    const query = vectors.slice((id - 1) * dim, id * dim)
    const before = performance.now()
    const answer = await indexHost().call('search', handle, query, 20)
    micros.push((performance.now() - before) * 1000)
    const nearest = new Set(truth.search(query, 10, 0).ids)
    found += answer.ids.subarray(0, 10).filter(other => nearest.has(other)).length
  }
  return {
    index,
    vectors: vectors.length / dim,
    dim,
    buildSeconds,
    bytes: vectors.byteLength,
    p50Micros: quantile(micros, 0.5),
    p95Micros: quantile(micros, 0.95),
    recallAt10: found / queries.length / 10,
  }
}

/** Unit vectors in clusters, as photos are: uniform ones would all be equally far away. */
export function clusteredVectors(random: Random, count: number, dim: number): Float32Array {
  const centres = Array.from({ length: Math.max(1, Math.round(count / 80)) }, () => gaussian(random, dim, 1))
  const vectors = new Float32Array(count * dim)
  for (let n = 0; n < count; n++) {
    const row = vectors.subarray(n * dim, (n + 1) * dim)
    const centre = centres[Math.floor(random.next() * centres.length)]!
    const noise = gaussian(random, dim, 0.8)
    for (let i = 0; i < dim; i++) row[i] = centre[i]! + noise[i]!
    normalise(row)
  }
  return vectors
}

const gaussian = (random: Random, dim: number, deviation: number): Float32Array =>
  Float32Array.from({ length: dim }, () => random.gauss() * deviation)
