import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { Random } from '../../shared/random.ts'
import type { BenchResult, SearchBench } from '../../shared/results.ts'
import { BATCH_SIZE } from '../embed/embedder.ts'
import { normalise } from '../embed/head.ts'
import { readModel } from '../embed/model-card.ts'
import { OnnxEmbedder } from '../embed/onnx-embedder.ts'
import { bundledModelCard } from '../engine.ts'
import { indexHost } from '../index/index-host.ts'
import { plainKind } from '../index/plain-index.ts'
import { decodeForNetwork } from '../media/decode.ts'
import { sampleKinds, writeSamples } from '../samples/samples.ts'
import { benchImport } from './import-bench.ts'
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
    const embed = [await benchEmbedding(photos, resourcesDir)]
    return {
      machine: describeMachine(),
      search,
      embed,
      import: await benchImport(folder, resourcesDir),
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

async function benchEmbedding(photos: string, resourcesDir: string): Promise<BenchResult['embed'][number]> {
  const embedder = new OnnxEmbedder(readModel(bundledModelCard(resourcesDir)))
  try {
    const files = (await readdir(join(photos, sampleKinds[0]!))).slice(0, BATCH_SIZE)
    const bytes = await Promise.all(files.map(file => readFile(join(photos, sampleKinds[0]!, file))))
    const pixels = await Promise.all(bytes.map(file => decodeForNetwork(file, embedder.inputSize)))
    await embedder.features(pixels)
    const rounds = 12
    const started = performance.now()
    for (let round = 0; round < rounds; round++) await embedder.features(pixels)
    const seconds = (performance.now() - started) / 1000
    return { runtime: embedder.runtime, photosPerSecond: (rounds * pixels.length) / seconds }
  } finally {
    await embedder.close()
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
