import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { Random } from '../../shared/random.ts'
import type { BenchResult, SearchBench } from '../../shared/results.ts'
import { normalise } from '../embed/head.ts'
import { openEngine } from '../engine.ts'
import { indexHost } from '../index/index-host.ts'
import { plainKind } from '../index/plain-index.ts'
import { mapConcurrently } from '../jobs/pipeline.ts'
import { writeSamples } from '../samples/samples.ts'
import { benchEmbedding } from './embed-bench.ts'
import { quantile } from './quantile.ts'

export interface BenchOptions {
  readonly vectors: number
  readonly dim: number
  readonly resourcesDir: string
}

const QUERIES = 500
const SAMPLES_PER_KIND = 20

/** The speed of this machine, measured on made data: a scratch folder, nothing of the person's. */
export async function runBench({ vectors, dim, resourcesDir }: BenchOptions): Promise<BenchResult> {
  const folder = await mkdtemp(join(tmpdir(), 'kindred-bench-'))
  try {
    const photos = join(folder, 'photos')
    await writeSamples(photos, { perKind: SAMPLES_PER_KIND, seed: 1 })
    const search = [await benchSearch(vectors, dim)]
    const embed = await benchEmbedding(photos, resourcesDir)
    return {
      machine: describeMachine(),
      search,
      embed,
      import: await benchImport(photos, folder, resourcesDir),
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Exact search in the engine's index thread, one query at a time, the way there and back included. */
async function benchSearch(vectors: number, dim: number): Promise<SearchBench> {
  const random = new Random(1)
  const data = clusteredVectors(random, vectors, dim)
  const queries = Array.from({ length: QUERIES }, () => near(random, data, dim))
  const host = indexHost()
  const { kind } = await host.call('describe')
  const started = performance.now()
  const handle = await host.call('create', dim)
  const ids = Array.from({ length: vectors }, (_, i) => i + 1)
  const step = 4096
  for (let at = 0; at < vectors; at += step)
    await host.call('add', handle, ids.slice(at, at + step), data.slice(at * dim, (at + step) * dim))
  const buildSeconds = (performance.now() - started) / 1000
  const micros: number[] = []
  let found = 0
  const truth = plainKind.create(dim)
  truth.add(data)
  for (const [n, query] of queries.entries()) {
    const before = performance.now()
    const answer = await host.call('search', handle, query, Math.min(20, vectors))
    micros.push((performance.now() - before) * 1000)
    if (n < 50) found += overlap(answer.ids.subarray(0, 10), truth.search(query, 10).positions)
  }
  await host.call('close', handle)
  const [p50Micros, p95Micros] = [quantile(micros, 0.5), quantile(micros, 0.95)]
  return {
    index: kind,
    vectors,
    dim,
    p50Micros,
    p95Micros,
    recallAt10: found / 500,
    buildSeconds,
    bytes: vectors * dim * 4,
  }
}

/** The whole import against a loop that only decodes and resizes the same files, both with the files in memory's cache. */
async function benchImport(
  photos: string,
  folder: string,
  resourcesDir: string,
): Promise<BenchResult['import']> {
  const files = (await readdir(photos, { recursive: true, withFileTypes: true }))
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
  await decodeAll(files)
  const decodeOnlyPhotosPerSecond = await decodeAll(files)
  const engine = await openEngine({ libraryDir: join(folder, 'library'), resourcesDir })
  try {
    const { photosPerSecond } = await engine.import([photos])
    return {
      photos: files.length,
      photosPerSecond,
      decodeOnlyPhotosPerSecond,
      ratio: photosPerSecond / decodeOnlyPhotosPerSecond,
    }
  } finally {
    await engine.close()
  }
}

/** Files a second of a bare loop: sharp opens, decodes, resizes; nothing else. */
export async function decodeAll(files: readonly string[], size = 224): Promise<number> {
  const started = performance.now()
  const decode = (file: string): Promise<Buffer> => sharp(file).resize(size, size).raw().toBuffer()
  for await (const _ of mapConcurrently(files, availableParallelism() + 1, decode));
  return files.length / ((performance.now() - started) / 1000)
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

function near(random: Random, data: Float32Array, dim: number): Float32Array {
  const row = Math.floor(random.next() * (data.length / dim))
  const query = data.slice(row * dim, (row + 1) * dim)
  const noise = gaussian(random, dim, 0.4 / Math.sqrt(dim))
  for (let i = 0; i < dim; i++) query[i]! += noise[i]!
  normalise(query)
  return query
}

const gaussian = (random: Random, dim: number, deviation: number): Float32Array =>
  Float32Array.from({ length: dim }, () => random.gauss() * deviation)

function overlap(ids: Uint32Array, positions: Int32Array): number {
  const truth = new Set(Array.from(positions, position => position + 1))
  return Array.from(ids).filter(id => truth.has(id)).length
}

function describeMachine(): BenchResult['machine'] {
  const cpu = cpus()[0]?.model.trim() ?? 'unknown'
  return { cpu, cores: availableParallelism(), memoryGiB: totalmem() / 2 ** 30, node: process.versions.node }
}
