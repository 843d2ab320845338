import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { Random } from '../../shared/random.ts'
import type { BenchResult } from '../../shared/results.ts'
import { openEngine } from '../engine.ts'
import { mapConcurrently } from '../jobs/pipeline.ts'
import { writeSamples } from '../samples/samples.ts'
import { benchEmbedding } from './embed-bench.ts'
import { benchSearch, clusteredVectors } from './search-bench.ts'

export interface BenchOptions {
  readonly vectors: number
  readonly dim: number
  readonly resourcesDir: string
}

const SAMPLES_PER_KIND = 20

/** The speed of this machine, measured on made data: a scratch folder, nothing of the person's. */
export async function runBench({ vectors, dim, resourcesDir }: BenchOptions): Promise<BenchResult> {
  const folder = await mkdtemp(join(tmpdir(), 'kindred-bench-'))
  try {
    const photos = join(folder, 'photos')
    await writeSamples(photos, { perKind: SAMPLES_PER_KIND, seed: 1 })
    const search = await benchSearch(clusteredVectors(new Random(1), vectors, dim), dim)
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

function describeMachine(): BenchResult['machine'] {
  const cpu = cpus()[0]?.model.trim() ?? 'unknown'
  return { cpu, cores: availableParallelism(), memoryGiB: totalmem() / 2 ** 30, node: process.versions.node }
}
